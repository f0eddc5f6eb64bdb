import type { FixEffect } from './fix-effect.ts'
import { type Severity } from '../../project/schema-health-options.ts'

/** The ways in which a declared model and the database can differ (docs/contracts/introspection.md, 4.9). */
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
/** The kind of a drift: one of `driftKinds`. */
export type DriftKind = (typeof driftKinds)[number]

/** The kinds of issues: drift, a finding of a rule, a migration, or something that could not be examined. */
export const issueKinds = [...driftKinds, 'lint', 'migration', 'system'] as const
/** The kind of an issue: one of `issueKinds`. */
export type IssueKind = (typeof issueKinds)[number]

/** The kind of object that an issue names. */
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

/** An object of the database that an issue is about. */
export interface Subject {
  readonly kind: SubjectKind
  /** Null for an object outside all schemas. */
  readonly schema: string | null
  /** The table or view itself, or the one that the object is a part of; null for other objects. */
  readonly table: string | null
  readonly name: string
}

/** One problem or observation about a schema. */
export interface Issue {
  /** Stable from one report to the next; unique within a report. */
  readonly id: string
  readonly kind: IssueKind
  /** The id of the rule that found the issue. Drift has its kind here. */
  readonly rule: string
  readonly severity: Severity
  readonly app: string | null
  readonly model: string | null
  readonly schema: string | null
  readonly table: string | null
  readonly column: string | null
  /** The first object has the problem; the others are involved. */
  readonly objects: readonly Subject[]
  /** What the model declares; null for an issue without a model. */
  readonly expected: object | null
  /** What the database has; null when it has nothing to compare. */
  readonly actual: object | null
  readonly message: string
  /** What to do about the issue; null when there is no simple answer. */
  readonly hint: string | null
  /** SQL statements that fix the issue, with quoted identifiers. Review them before running them. Null when there are none. */
  readonly fix: string | null
  /** The lock that the statements of `fix` take, and whether they rewrite a table; null without statements. */
  readonly effect: FixEffect | null
  /** Why the issue matters; null for drift. */
  readonly why: string | null
  readonly link: string | null
  readonly tags: readonly string[]
}

/** Writes the place of an object as `schema.table.name`, without the parts that it lacks. */
export function toPath({ schema, table, name, kind }: Subject): string {
  const isTable = kind === 'table' || kind === 'view'
  return [schema, isTable ? null : table, name].filter((part) => part !== null).join('.')
}
