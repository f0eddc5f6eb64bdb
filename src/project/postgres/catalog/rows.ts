/** The rows of the catalog SELECTs by name. Oids are text, lists of numbers are text with spaces, other lists are JSON. */
export interface CatalogRows {
  readonly server: readonly (readonly [version: number, database: string, blockSize: number])[]
  readonly schemas: readonly (readonly [name: string, owner: string, comment: string | null])[]
  readonly relations: readonly RelationRow[]
  readonly columns: readonly RecordsRow[]
  readonly types: readonly TypeRow[]
  readonly comments: readonly (readonly [relation: string, position: number, text: string])[]
  readonly members: readonly (readonly [catalog: string, oid: string, extension: string])[]
  readonly inherits: readonly (readonly [
    relation: string,
    parent: string,
    schema: string,
    name: string,
  ])[]
  readonly constraints: readonly RecordsRow[]
  readonly indexes: readonly RecordsRow[]
  readonly operatorClasses: readonly (readonly [oid: string, name: string])[]
  readonly collations: readonly (readonly [oid: string, name: string])[]
  readonly triggers: readonly (readonly [
    relation: string,
    name: string,
    enabled: string,
    definition: string,
    function: string,
  ])[]
  readonly disabledKeys: readonly (readonly [
    relation: string,
    name: string,
    schema: string,
    table: string,
    isReplicaOnly: boolean,
  ])[]
  readonly policies: readonly (readonly [
    relation: string,
    name: string,
    isPermissive: boolean,
    command: string,
    roles: string,
    using: string | null,
    withCheck: string | null,
  ])[]
  readonly rules: readonly (readonly [relation: string, name: string])[]
  readonly reads: readonly (readonly [view: string, schema: string, name: string])[]
  readonly sequences: readonly SequenceRow[]
  readonly enums: readonly (readonly [
    oid: string,
    schema: string,
    name: string,
    isChosen: boolean,
    labels: string,
    comment: string | null,
  ])[]
  readonly domains: readonly (readonly [
    oid: string,
    schema: string,
    name: string,
    type: string,
    notNull: boolean,
    fallback: string | null,
    comment: string | null,
  ])[]
  readonly domainChecks: readonly (readonly [
    domain: string,
    name: string,
    definition: string,
    isValidated: boolean,
  ])[]
  readonly composites: readonly (readonly [
    oid: string,
    relation: string,
    schema: string,
    name: string,
    comment: string | null,
  ])[]
  readonly functions: readonly FunctionRow[]
  readonly extensions: readonly (readonly [
    name: string,
    schema: string,
    version: string,
    available: string | null,
  ])[]
}

/**
 * A row for all columns, constraints or indexes of a relation, or for the counters of a schema. They are records in a text,
 * because one text costs less than the cells of each: see `ColumnRecord`, `ConstraintRecord` and `IndexRecord`.
 */
export type RecordsRow = readonly [owner: string, records: string]

/** A row for a table or view; `bound` and `partitionKey` are in PostgreSQL's spelling. */
export type RelationRow = readonly [
  oid: string,
  schema: string,
  name: string,
  kind: string,
  owner: string,
  persistence: string,
  hasRowSecurity: boolean,
  forcesRowSecurity: boolean,
  rows: number,
  pages: number,
  isPopulated: boolean,
  options: string | null,
  partitionKey: string | null,
  bound: string | null,
]

/** A row for a type that columns use, once for each type; `base` is the type below domains and arrays. `isRequired` is true for a domain that is `NOT NULL`. */
export type TypeRow = readonly [
  type: string,
  text: string,
  collation: string,
  base: string,
  baseOid: string,
  baseModifier: number,
  isArray: boolean,
  domainSchema: string | null,
  domain: string | null,
  isRequired: boolean,
]

/** A row for a sequence; its numbers are text. */
export type SequenceRow = readonly [
  oid: string,
  schema: string,
  name: string,
  type: 'smallint' | 'integer' | 'bigint',
  start: string,
  increment: string,
  minimum: string,
  maximum: string,
  cycles: boolean,
  ownership: string | null,
  ownerSchema: string | null,
  ownerTable: string | null,
  ownerColumn: string | null,
]

/** A row for a function, procedure, aggregate or window function. */
export type FunctionRow = readonly [
  oid: string,
  schema: string,
  name: string,
  kind: string,
  identity: string,
  returns: string | null,
  language: string,
  volatility: string,
  isSecurityDefiner: boolean,
  settings: string | null,
  owner: string,
  comment: string | null,
  hasBoundBody: boolean,
]
