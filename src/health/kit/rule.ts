import type { Inspected } from './inspected.ts'
import type { Severity } from '../../project/schema-health-options.ts'
import type { FixEffect } from './fix-effect.ts'
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
  /** True for a rule of the preset `essential`. The others are about conventions, and run when they are enabled or with `all`. */
  readonly isDefault: boolean
  /** Returns why the rule cannot run on this input, or null when it can. @default always null */
  readonly skipReason?: (inspected: Inspected) => string | null
  /** Returns the findings. Null is none: the rule found nothing there, and the event loop may take its turn. */
  readonly find: (inspected: Inspected) => Iterable<Found | null>
}

/** One finding of a rule. */
export interface Found {
  /** The first object has the problem; the others are involved. No two findings of a rule have the same first object. */
  readonly objects: readonly [Subject, ...Subject[]]
  readonly message: string
  /**
   * SQL statements that fix the problem, with quoted identifiers. They run as they are, and break nothing that uses the object.
   * Null when no such statements exist; then `advice` says what to do.
   */
  readonly fix: string | null
  /** The effect of `fix` where it depends on more than the kind of statement. @default that of the kind of statement */
  readonly effect?: Partial<FixEffect>
  /** What to do, in words. @default the title of the rule */
  readonly advice?: string
  /** Overrides the severity of the rule for this finding. */
  readonly severity?: Severity
}

/** The address of PostgreSQL's manual, current version. */
export const manual = 'https://www.postgresql.org/docs/current/'
/** The address of the page on which PostgreSQL's community collects common mistakes. */
export const dontDoThis = 'https://wiki.postgresql.org/wiki/Don%27t_Do_This'
