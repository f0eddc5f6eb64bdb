import type { CatalogFunction } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import type { Subject, SubjectKind } from './issue.ts'

/** Names a table. */
export function tableSubject({ schema, name }: ObjectName): Subject {
  return { kind: 'table', schema, table: name, name }
}

/** Names a view or materialized view. */
export function viewSubject({ schema, name }: ObjectName): Subject {
  return { kind: 'view', schema, table: name, name }
}

/** Names a part of a table or view. */
export function partSubject(
  kind: 'column' | 'index' | 'constraint' | 'policy' | 'trigger' | 'rule',
  table: ObjectName,
  name: string,
): Subject {
  return { kind, schema: table.schema, table: table.name, name }
}

/** Names a function with its arguments, which tell overloads apart. */
export function functionSubject(routine: CatalogFunction): Subject {
  const name = `${routine.name}(${routine.arguments})`
  return { kind: 'function', schema: routine.schema, table: null, name }
}

/** Names an object that is a part of nothing. */
export function loneSubject(kind: SubjectKind, schema: string | null, name: string): Subject {
  return { kind, schema, table: null, name }
}
