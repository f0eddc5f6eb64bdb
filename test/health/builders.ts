import type { Catalog, CatalogColumn, CatalogTable } from '../../src/project/catalog/catalog.ts'
import type { CatalogForeignKey, CatalogIndex } from '../../src/project/catalog/constraints.ts'

/** Builds a bigint column, NOT NULL and without a default. */
export function column(name: string, overrides: Partial<CatalogColumn> = {}): CatalogColumn {
  return {
    name,
    position: 1,
    type: 'bigint',
    baseType: 'int8',
    isArray: false,
    dimensions: 0,
    domain: null,
    enum: null,
    notNull: true,
    default: null,
    identity: null,
    generated: null,
    maxLength: null,
    collation: null,
    comment: null,
    ...overrides,
  }
}

/** Builds a B-tree index on plain columns. */
export function index(
  name: string,
  columns: readonly string[],
  overrides: Partial<CatalogIndex> = {},
): CatalogIndex {
  return {
    name,
    method: 'btree',
    keys: columns.map((key) => ({
      column: key,
      expression: null,
      isDescending: false,
      nullsFirst: false,
      collation: null,
      operatorClass: null,
    })),
    include: [],
    isUnique: false,
    isPrimary: false,
    nullsNotDistinct: false,
    isValid: true,
    isReady: true,
    predicate: null,
    constraint: null,
    partitionOf: null,
    isReplicaIdentity: false,
    isReferenced: false,
    estimatedBytes: 8192,
    definition: null,
    ...overrides,
  }
}

/** Builds a foreign key from one column to the `id` of another table in `public`. */
export function foreignKey(name: string, from: string, to: string): CatalogForeignKey {
  return {
    name,
    columns: [from],
    target: { schema: 'public', name: to },
    targetColumns: ['id'],
    onDelete: 'NO ACTION',
    onUpdate: 'NO ACTION',
    onDeleteColumns: [],
    match: 'simple',
    isDeferrable: false,
    isDeferred: false,
    isValidated: true,
    isEnforced: true,
  }
}

/** Builds an ordinary table in `public`, without columns. */
export function table(name: string, overrides: Partial<CatalogTable> = {}): CatalogTable {
  return {
    schema: 'public',
    name,
    oid: '1',
    kind: 'table',
    owner: 'owner',
    comment: null,
    extension: null,
    isUnlogged: false,
    columns: [],
    primaryKey: null,
    keys: [],
    foreignKeys: [],
    checks: [],
    indexes: [],
    triggers: [],
    policies: [],
    rules: [],
    hasRowSecurity: false,
    forcesRowSecurity: false,
    partitionKey: null,
    partitionOf: null,
    inherits: [],
    estimatedRows: null,
    estimatedBytes: 0,
    options: [],
    ...overrides,
  }
}

/** Builds the catalog of a database that holds only these tables. */
export function catalog(tables: readonly CatalogTable[]): Catalog {
  return {
    serverVersion: 180_000,
    database: 'shop',
    schemas: [{ name: 'public', owner: 'owner', comment: null }],
    tables,
    views: [],
    enums: [],
    domains: [],
    composites: [],
    sequences: [],
    functions: [],
    extensions: [],
  }
}
