import type { Inspected } from './inspected.ts'
import type { Severity } from '../../project/schema-health-options.ts'
import type { Subject } from './issue.ts'

/**
 * A lint rule: one known mistake in schemas, as plain data with a function that finds it. The function runs no SQL
 * (docs/decisions/060-schema-health-is-the-projects.md).
 */
export interface Rule {
  /** Unique, in kebab-case. */
  readonly id: string
  readonly severity: Severity
  /** The problem in a few words, as the guide lists it. */
  readonly title: string
  /** Why the problem matters, in a sentence or two. */
  readonly why: string
  /** A page that explains the problem; null when the title is enough. */
  readonly link: string | null
  /** False for a matter of taste: such a rule runs only when it is enabled. */
  readonly isDefault: boolean
  /** Returns why the rule cannot run on this input, or null when it can. @default always null */
  readonly skipReason?: (inspected: Inspected) => string | null
  readonly find: (inspected: Inspected) => Iterable<Found>
}

/** One finding of a rule. */
export interface Found {
  /** The first object has the problem; the others are involved. No two findings of a rule have the same first object. */
  readonly objects: readonly [Subject, ...Subject[]]
  readonly message: string
  /** SQL statements that fix the problem, with quoted identifiers; null when there are none. */
  readonly fix: string | null
  /** Overrides the severity of the rule for this finding. */
  readonly severity?: Severity
}

/** The address of PostgreSQL's manual, current version. */
export const manual = 'https://www.postgresql.org/docs/current/'
/** The address of the page on which PostgreSQL's community collects common mistakes. */
export const dontDoThis = 'https://wiki.postgresql.org/wiki/Don%27t_Do_This'
