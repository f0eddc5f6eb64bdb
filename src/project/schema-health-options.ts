/** Which issues to leave out, and what the database shows to whom. */
export interface SchemaHealthOptions extends LintOptions {
  /** Issues that are known and meant. */
  readonly ignore?: readonly IgnoredIssue[]
  /** Issues that were there when somebody looked: what `toBaseline` made, read from a file. */
  readonly baseline?: Baseline
  /** Schemas that clients of an API reach, as with PostgREST. @default [] */
  readonly exposedSchemas?: readonly string[]
  /** Roles such clients have; those that do not exist count for nothing. @default ['public', 'anon', 'authenticated'] */
  readonly exposedRoles?: readonly string[]
  /** Age, in days, from which counters tell which indexes nobody uses. @default 14 */
  readonly unusedAfterDays?: number
}

/** Issues to leave out: of a rule, about an object, or both. */
export interface IgnoredIssue {
  /** A rule, or a kind of drift. @default any */
  readonly rule?: string
  /** `schema.table`, which takes its columns and indexes along, or `schema.table.name`; `*` stands for anything. @default any */
  readonly object?: string
  /** Why, for those who read it later. */
  readonly reason?: string
}

/** Issues known at one time: the content of a baseline file. */
export interface Baseline {
  readonly version: 1
  /** Their identifiers, sorted. */
  readonly issues: readonly string[]
}

/** Roles that clients of usual APIs have. */
export const defaultExposedRoles: readonly string[] = ['public', 'anon', 'authenticated']

/** Which rules run, and how bad what they find is. */
export interface LintOptions {
  /** Rules to run though they are off by default. */
  readonly enable?: readonly string[]
  /** Rules not to run. */
  readonly disable?: readonly string[]
  /** Other severities than the rules' own, by rule. */
  readonly severities?: Readonly<Record<string, Severity>>
}

/** How bad an issue is, mildest first (contract introspection.md 4.9). */
export const severities = ['info', 'warning', 'danger'] as const

/** One of `severities`. */
export type Severity = (typeof severities)[number]
