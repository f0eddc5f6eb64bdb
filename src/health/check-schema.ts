import { compareText } from '../lib/text.ts'
import { atOnce, type Steps } from '../lib/steps/turns.ts'
import type { Catalog } from '../project/catalog/catalog.ts'
import type { CatalogStatistics } from '../project/catalog/statistics.ts'
import type { MigrationOverview } from '../migrations/core/overview.ts'
import type { Model } from '../project/model.ts'
import { compareSteps } from './drift/compare-models.ts'
import type { DeclaredModel } from './drift/difference.ts'
import type { Grants } from './kit/grants.ts'
import { inspect } from './kit/inspected.ts'
import { type Issue } from './kit/issue.ts'
import { type Severity, severities } from '../project/schema-health-options.ts'
import { lintSteps, type SkippedRule } from './run-rules.ts'
import { findMigrationIssues } from './migration-issues.ts'
import type { SchemaHealthOptions } from '../project/schema-health-options.ts'
import { rules } from './rules/index.ts'
import { suppress } from './suppress.ts'

/** The state of a project and its database at one moment, as `checkSchema` examines it. */
export interface HealthInput {
  readonly catalog: Catalog
  /** Models that are written in code. They are compared with the database. */
  readonly declared: readonly DeclaredModel[]
  /** Models that were read from the database. Their tables are not reported as undeclared. @default [] */
  readonly live?: readonly Pick<Model, 'schema' | 'table'>[]
  /** Null when the counters of the server could not be read; the rules that need them are then skipped. @default null */
  readonly statistics?: CatalogStatistics | null
  /** What the exposed roles may read and run. @default no role is exposed */
  readonly grants?: Grants
  /** The former name of `grants`, which takes precedence. */
  readonly exposure?: Grants
  /** The states of all migrations; null leaves migrations out. @default null */
  readonly migrations?: MigrationOverview | null
  /** Messages about what could not be read. They must be safe to send to a client. @default [] */
  readonly problems?: readonly string[]
  /** The current time in milliseconds since 1970-01-01 UTC. */
  readonly now: number
}

/** `danger` for any danger, else `degraded` for any warning, else `healthy`. */
export type SchemaVerdict = 'healthy' | 'degraded' | 'danger'

/** The state of a schema, as `checkSchema` reports it. */
export interface SchemaReport {
  /** The verdict on drift, migrations and what could not be examined: a schema that agrees with its models is healthy. */
  readonly status: SchemaVerdict
  /** The verdict on the findings of the rules; null if no rule could run. */
  readonly lintStatus: SchemaVerdict | null
  /** The number of issues of each severity, without the suppressed ones. */
  readonly counts: Readonly<Record<Severity, number>>
  /** Sorted by severity, the most severe first, then by id. */
  readonly issues: readonly Issue[]
  /** The issues that `ignore` or the baseline leaves out, in the same order. */
  readonly suppressed: readonly Issue[]
  /** The rules that could not run, each with its reason. */
  readonly skipped: readonly SkippedRule[]
}

/**
 * Reports everything that is wrong with a schema: drift between models and database, findings of the rules, and problems of
 * migrations. Reads nothing and changes nothing: it only examines its input.
 */
export function checkSchema(input: HealthInput, options: SchemaHealthOptions = {}): SchemaReport {
  return atOnce(checkSteps(input, options))
}

/** Does the work of `checkSchema` in steps. */
export function* checkSteps(input: HealthInput, options: SchemaHealthOptions): Steps<SchemaReport> {
  const { catalog, declared, live = [], migrations = null, problems = [], now } = input
  const { statistics = null, grants = input.exposure } = input
  const { exposedSchemas, unusedAfterDays } = options
  const known = new Set(live.map(({ schema, table }) => `${schema ?? 'public'}.${table}`))
  yield
  const inspected = inspect(catalog, {
    statistics,
    now,
    ...(grants ? { grants } : {}),
    ...(exposedSchemas ? { exposedSchemas } : {}),
    ...(unusedAfterDays === undefined ? {} : { unusedAfterDays }),
  })
  yield
  const lint = yield* lintSteps(inspected, options)
  const drift = yield* compareSteps(declared, catalog, { known })
  const issues = [
    ...drift,
    ...lint.issues,
    ...(migrations ? findMigrationIssues(migrations) : []),
    ...problems.map((message, index) => toSystemIssue(`system.problem.${index + 1}`, message)),
    ...findUnknownRules(options),
  ]
  yield
  const sorted = issues.sort(bySeverity)
  yield
  const { shown, suppressed } = suppress(sorted, options)
  yield
  return { ...toHealthStatus(shown), issues: shown, suppressed, skipped: lint.skipped }
}

/** Returns the two verdicts on an examined schema, and the number of issues of each severity. */
function toHealthStatus(
  issues: readonly Issue[],
): Pick<SchemaReport, 'status' | 'lintStatus' | 'counts'> {
  const isLint = ({ kind }: Issue) => kind === 'lint'
  return {
    status: toVerdict(issues.filter((issue) => !isLint(issue))),
    lintStatus: toVerdict(issues.filter(isLint)),
    counts: countBySeverity(issues),
  }
}

/** Reports that a schema could not be examined, with the reason as its only issue. */
export function toUnexaminedReport(issue: Issue): SchemaReport {
  return {
    status: toVerdict([issue]),
    lintStatus: null,
    counts: countBySeverity([issue]),
    issues: [issue],
    suppressed: [],
    skipped: [],
  }
}

function countBySeverity(issues: readonly Issue[]): SchemaReport['counts'] {
  const counts = { info: 0, warning: 0, danger: 0 }
  for (const { severity } of issues) counts[severity]++
  return counts
}

function toVerdict(issues: readonly Issue[]): SchemaVerdict {
  const { danger, warning } = countBySeverity(issues)
  return danger > 0 ? 'danger' : warning > 0 ? 'degraded' : 'healthy'
}

/** Creates an issue about something that could not be examined. */
export function toSystemIssue(
  id: string,
  message: string,
  { severity = 'warning', hint = null }: { severity?: Severity; hint?: string | null } = {},
): Issue {
  return {
    id,
    kind: 'system',
    rule: 'system',
    severity,
    app: null,
    model: null,
    schema: null,
    table: null,
    column: null,
    objects: [],
    expected: null,
    actual: null,
    message,
    hint,
    fix: null,
    effect: null,
    why: null,
    link: null,
    tags: ['configuration'],
  }
}

// Without this issue, a misspelt id in the options would have no effect and cause no error.
function findUnknownRules({
  enable = [],
  disable = [],
  severities: levels = {},
}: SchemaHealthOptions): Issue[] {
  const known = new Set(rules.map(({ id }) => id))
  const ids = [...new Set([...enable, ...disable, ...Object.keys(levels)])]
  return ids
    .filter((id) => !known.has(id))
    .map((id) =>
      toSystemIssue(`system.unknown_rule.${id}`, `schemaHealth names an unknown rule: ${id}`),
    )
}

function bySeverity(a: Issue, b: Issue): number {
  const rank = severities.indexOf(b.severity) - severities.indexOf(a.severity)
  return rank || compareText(a.id, b.id)
}
