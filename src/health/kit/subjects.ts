import type { CatalogFunction } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import type { Subject, SubjectKind } from './issue.ts'

/** Creates the subject for a table. */
export function tableSubject({ schema, name }: ObjectName): Subject {
  return { kind: 'table', schema, table: name, name }
}

/** Creates the subject for a view or materialized view. */
export function viewSubject({ schema, name }: ObjectName): Subject {
  return { kind: 'view', schema, table: name, name }
}

/** Creates the subject for a part of a table or view. */
export function partSubject(
  kind: 'column' | 'index' | 'constraint' | 'policy' | 'trigger' | 'rule',
  table: ObjectName,
  name: string,
): Subject {
  return { kind, schema: table.schema, table: table.name, name }
}

/** Creates the subject for a function. Its name includes the arguments, which distinguish overloads. */
export function functionSubject(routine: CatalogFunction): Subject {
  const name = `${routine.name}(${routine.arguments})`
  return { kind: 'function', schema: routine.schema, table: null, name }
}

/** Creates the subject for an object that does not belong to a table. */
export function standaloneSubject(kind: SubjectKind, schema: string | null, name: string): Subject {
  return { kind, schema, table: null, name }
}
