import type { Inspected } from './inspected.ts'
import type { Severity } from '../../project/schema-health-options.ts'
import type { Subject } from './issue.ts'

/** One thing that is known to go wrong with schemas, as plain data. */
export interface Rule {
  /** In kebab-case; unique. */
  readonly id: string
  readonly severity: Severity
  readonly title: string
  /** Why it matters, in a sentence or two. */
  readonly why: string
  /** Where to read more; null where the title says it all. */
  readonly link: string | null
  /** False for matters of taste, which run only when enabled. */
  readonly isDefault: boolean
  /** Answers why the rule cannot tell here, or null when it can. @default it always can */
  readonly cannotTell?: (inspected: Inspected) => string | null
  readonly find: (inspected: Inspected) => Iterable<Found>
}

/** What a rule found. */
export interface Found {
  /** The first is at fault. A rule names the same first object once. */
  readonly objects: readonly [Subject, ...Subject[]]
  readonly message: string
  /** Statements that mend it, identifiers quoted; null where there are none. */
  readonly fix: string | null
  /** Where it is worse or milder than the rule says. */
  readonly severity?: Severity
}

/** Where PostgreSQL explains things. */
export const manual = 'https://www.postgresql.org/docs/current/'
/** Mistakes collected by PostgreSQL's community. */
export const dontDoThis = 'https://wiki.postgresql.org/wiki/Don%27t_Do_This'
