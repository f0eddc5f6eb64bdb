/** Which schema issues to leave out, which rules run, and which schemas and roles an API exposes. */
export interface SchemaHealthOptions extends LintOptions {
  /** Issues that are known and intended. @default [] */
  readonly ignore?: readonly IgnoredIssue[]
  /** Issues that existed at one time, as `toBaseline` returns them; usually read from a file. @default none */
  readonly baseline?: Baseline
  /** The schemas that clients of an API can reach, as with PostgREST. @default [] */
  readonly exposedSchemas?: readonly string[]
  /** The roles of those clients. Roles that do not exist are ignored. @default ['public', 'anon', 'authenticated'] */
  readonly exposedRoles?: readonly string[]
  /** The age in days that the counters of the server need before an unused index is reported. @default 14 */
  readonly unusedAfterDays?: number
}

/** Issues to leave out: those of a rule, those about an object, or those that match both. */
export interface IgnoredIssue {
  /** The id of a rule, or a kind of drift. @default any */
  readonly rule?: string
  /** `schema.table`, which includes every part of the table, or `schema.table.name`; `*` matches any text. @default any */
  readonly object?: string
  /** Why the issue is intended. Only for readers of the configuration. */
  readonly reason?: string
}

/** The issues that existed at one time: the content of a baseline file. */
export interface Baseline {
  readonly version: 1
  /** The ids of the issues, sorted. */
  readonly issues: readonly string[]
}

/** The roles that clients of common APIs have. */
export const defaultExposedRoles: readonly string[] = ['public', 'anon', 'authenticated']

/** The presets of rules: the essential ones, or all. */
export const lintPresets = ['essential', 'all'] as const

/** A preset of rules: one of `lintPresets`. */
export type LintPreset = (typeof lintPresets)[number]

/** Which rules run, and how severe their findings are. */
export interface LintOptions {
  /**
   * The rules to begin with: `essential` for problems that cost data, time or safety, `all` to add matters of convention.
   * @default 'essential'
   */
  readonly preset?: LintPreset
  /** Ids of rules to run in addition to the preset. */
  readonly enable?: readonly string[]
  /** Ids of rules that do not run. */
  readonly disable?: readonly string[]
  /** Severities by rule id, instead of the severity of the rule. */
  readonly severities?: Readonly<Record<string, Severity>>
}

/** The severities of issues, mildest first. */
export const severities = ['info', 'warning', 'danger'] as const

/** The severity of an issue: one of `severities`. */
export type Severity = (typeof severities)[number]
