/** Rows of the statements beside this file, by name. Oids are text, lists of numbers text with spaces, other lists JSON. */
export interface CatalogRows {
  readonly server: readonly (readonly [version: number, database: string, blockSize: number])[]
  readonly schemas: readonly (readonly [name: string, owner: string, comment: string | null])[]
  readonly relations: readonly RelationRow[]
  readonly columns: readonly ColumnRow[]
  readonly types: readonly TypeRow[]
  readonly defaults: readonly (readonly [relation: string, position: number, text: string])[]
  readonly comments: readonly (readonly [relation: string, position: number, text: string])[]
  readonly members: readonly (readonly [catalog: string, oid: string, extension: string])[]
  readonly inherits: readonly (readonly [
    relation: string,
    parent: string,
    schema: string,
    name: string,
  ])[]
  readonly constraints: readonly ConstraintRow[]
  readonly indexes: readonly IndexRow[]
  readonly operatorClasses: readonly (readonly [oid: string, name: string])[]
  readonly collations: readonly (readonly [oid: string, name: string])[]
  readonly triggers: readonly (readonly [
    relation: string,
    name: string,
    enabled: string,
    definition: string,
    function: string,
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

/** A table or view. `bound` and `partitionKey` as PostgreSQL spells them. */
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

/** A column of a table, a view or a composite type; `type` as in `TypeRow`. */
export type ColumnRow = readonly [
  relation: string,
  position: number,
  name: string,
  type: string,
  notNull: boolean,
  identity: string,
  generated: string,
  collation: string,
]

/** A type in use, spelled once however many columns have it; `base` is below its domains and arrays. */
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
]

/** A constraint of a table; `targetNames` of a target outside of the chosen schemas, whose columns are not read. */
export type ConstraintRow = readonly [
  relation: string,
  name: string,
  type: string,
  columns: string,
  isDeferrable: boolean,
  isDeferred: boolean,
  isValidated: boolean,
  isEnforced: boolean,
  isInherited: boolean,
  index: string,
  targetSchema: string | null,
  target: string | null,
  targetColumns: string | null,
  onUpdate: string,
  onDelete: string,
  setColumns: string | null,
  match: string,
  definition: string | null,
  targetOid: string,
  targetNames: string | null,
]

/** An index. */
export type IndexRow = readonly [
  relation: string,
  oid: string,
  name: string,
  method: string,
  columns: string,
  keyCount: number,
  operatorClasses: string,
  collations: string,
  options: string,
  isUnique: boolean,
  isPrimary: boolean,
  nullsNotDistinct: boolean,
  isValid: boolean,
  isReady: boolean,
  pages: number,
  expressions: string | null,
  predicate: string | null,
  definition: string | null,
  parentSchema: string | null,
  parent: string | null,
]

/** A sequence; the numbers as text. */
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

/** A routine. */
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
]
