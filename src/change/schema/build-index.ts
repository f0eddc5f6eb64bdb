import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import type { CatalogIndex } from '../../project/catalog/constraints.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'

/** Builds a B-tree index over columns as PostgreSQL's catalog will show it. */
export function buildIndex(
  name: string,
  columns: readonly string[],
  isUnique: boolean,
): CatalogIndex {
  return {
    name,
    method: 'btree',
    keys: columns.map((column) => ({
      column,
      expression: null,
      isDescending: false,
      nullsFirst: false,
      collation: null,
      operatorClass: null,
    })),
    include: [],
    isUnique,
    isPrimary: false,
    nullsNotDistinct: false,
    isValid: true,
    isReady: true,
    predicate: null,
    constraint: null,
    partitionOf: null,
    isReplicaIdentity: false,
    isReferenced: false,
    estimatedBytes: 0,
    definition: null,
  }
}

/** The base types that a B-tree of PostgreSQL orders by a default operator class of the type itself. */
const ordered: ReadonlySet<string> = new Set(
  `int2 int4 int8 float4 float8 numeric bool text varchar bpchar uuid date timestamp timestamptz time timetz interval jsonb
  bytea inet`.split(/\s+/),
)

/** Returns what is wrong with the columns of an index or key, with paths below `columns`. */
export function findIndexFaults(table: CatalogTable, names: readonly string[]): SchemaFault[] {
  return names.flatMap((name, at) => {
    const path = `columns.${at}`
    const column = table.columns.find((one) => one.name === name)
    if (!column) return [{ path, message: `${table.name} has no column ${name}` }]
    if (names.indexOf(name) !== at) return [{ path, message: 'The list names the column twice' }]
    const reason = whyNotIndexed(column)
    return reason === null ? [] : [{ path, message: reason }]
  })
}

function whyNotIndexed(column: CatalogColumn): string | null {
  if (column.generated?.kind === 'virtual') return 'A virtual column cannot be indexed'
  if (column.enum === null && !ordered.has(column.baseType)) {
    return `Whether ${column.type} can be indexed is not known here`
  }
  return null
}
