import { type Severity } from '../../project/schema-health-options.ts'

/** How the declared models and the database may differ, in the order of the contract (introspection.md 4.9). */
export const driftKinds = [
  'missing_table',
  'extra_table',
  'missing_column',
  'extra_column',
  'type_mismatch',
  'nullability_mismatch',
  'pk_mismatch',
  'default_mismatch',
  'fk_mismatch',
  'index_mismatch',
  'unique_mismatch',
] as const
/** One of `driftKinds`. */
export type DriftKind = (typeof driftKinds)[number]

/** What an issue is about: drift, a finding of a rule, a migration, or something that could not be examined. */
export const issueKinds = [...driftKinds, 'lint', 'migration', 'system'] as const
/** One of `issueKinds`. */
export type IssueKind = (typeof issueKinds)[number]

/** What kind of object an issue names. */
export type SubjectKind =
  | 'database'
  | 'extension'
  | 'domain'
  | 'sequence'
  | 'function'
  | 'table'
  | 'view'
  | 'column'
  | 'index'
  | 'constraint'
  | 'policy'
  | 'trigger'
  | 'rule'
  | 'migration'

/** An object at fault. */
export interface Subject {
  readonly kind: SubjectKind
  /** Null for what lives in no schema. */
  readonly schema: string | null
  /** The table or view it is, or is a part of; null for others. */
  readonly table: string | null
  readonly name: string
}

/** Something worth knowing about a schema. */
export interface Issue {
  /** Stays the same while the issue does; unique within a report. */
  readonly id: string
  readonly kind: IssueKind
  /** The rule that found it; of drift its kind. */
  readonly rule: string
  readonly severity: Severity
  readonly app: string | null
  readonly model: string | null
  readonly schema: string | null
  readonly table: string | null
  readonly column: string | null
  /** The first is at fault, the others belong to the story. */
  readonly objects: readonly Subject[]
  /** What the model says; null where there is none. */
  readonly expected: object | null
  /** What the database says; null where there is none. */
  readonly actual: object | null
  readonly message: string
  /** What to do about it; null when nothing simple helps. */
  readonly hint: string | null
  /** Statements that mend it, identifiers quoted, to be read before they are run; null where there are none. */
  readonly fix: string | null
  /** Why it matters; null for drift. */
  readonly why: string | null
  readonly link: string | null
  readonly tags: readonly string[]
}

/** Spells out where an object is: `schema.table.name`, without the parts it does not have. */
export function toPath({ schema, table, name, kind }: Subject): string {
  const isTable = kind === 'table' || kind === 'view'
  return [schema, isTable ? null : table, name].filter((part) => part !== null).join('.')
}
