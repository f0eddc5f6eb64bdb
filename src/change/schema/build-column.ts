import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Catalog, CatalogColumn, CatalogSequence } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import { parseColumnType } from './column-type.ts'
import { toDefaultSql } from './default-value.ts'
import { findRelationClash } from './find-table.ts'
import type { NewColumn } from './model-change.ts'
import { joinNames } from './new-name.ts'

/** A new column, with the sequence of an identity; or what is wrong with it. */
export type BuiltColumn =
  | { readonly column: CatalogColumn; readonly sequence: CatalogSequence | null }
  | { readonly faults: readonly SchemaFault[] }

/** Builds a column as PostgreSQL's catalog will show it. */
export function buildColumn(given: NewColumn, table: ObjectName, catalog: Catalog): BuiltColumn {
  const faults: SchemaFault[] = []
  const type = parseColumnType(given.type, catalog)
  if ('fault' in type) return { faults: [{ path: 'type', message: type.fault }] }
  const found = given.default === undefined ? null : toDefaultSql(given.default, type, catalog)
  if (found && 'fault' in found) faults.push({ path: 'default', message: found.fault })
  if (given.identity !== undefined) {
    if (!/^int[248]$/.test(type.baseType) || type.isArray) {
      faults.push({ path: 'identity', message: 'An identity is a smallint, integer or bigint' })
    }
    if (given.default !== undefined) {
      faults.push({ path: 'default', message: 'An identity has no default' })
    }
    if (given.nullable === true) {
      faults.push({ path: 'nullable', message: 'An identity is never null' })
    }
  }
  const sequence =
    given.identity === undefined ? null : buildSequence(given.name, type.type, table, catalog)
  if (typeof sequence === 'string') faults.push({ path: 'identity', message: sequence })
  if (faults.length > 0 || typeof sequence === 'string') return { faults }
  const column: CatalogColumn = {
    name: given.name,
    position: 0,
    ...type,
    notNull: given.nullable === false || given.identity !== undefined,
    default: found && 'sql' in found ? found.sql : null,
    identity: given.identity ?? null,
    generated: null,
    collation: null,
    comment: null,
  }
  return { column, sequence }
}

const maxima: Readonly<Record<CatalogSequence['type'], string>> = {
  smallint: '32767',
  integer: '2147483647',
  bigint: '9223372036854775807',
}

function buildSequence(
  column: string,
  type: string,
  table: ObjectName,
  catalog: Catalog,
): CatalogSequence | string {
  const name = joinNames(table.name, column, 'seq')
  if (name === null) return 'The name of its sequence would be longer than 63 bytes'
  const clash = findRelationClash(catalog, table.schema, name)
  if (clash !== null) return clash
  const kind = type as CatalogSequence['type'] // an identity is a smallint, integer or bigint
  return {
    schema: table.schema,
    name,
    type: kind,
    start: '1',
    increment: '1',
    minimum: '1',
    maximum: maxima[kind],
    cycles: false,
    ownedBy: { schema: table.schema, table: table.name, column, isIdentity: true },
    comment: null,
    extension: null,
  }
}
