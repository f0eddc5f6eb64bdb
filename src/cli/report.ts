import { countOf } from '../lib/text.ts'
import { severities, type Severity } from '../project/schema-health-options.ts'
import type { Findings } from './findings.ts'

/** The result of `check`, as `--json` prints it. */
export interface Report {
  readonly ok: boolean
  /** False if the database or a source could not be read; `ok` is false then, too. */
  readonly complete: boolean
  readonly fail_on: Severity
  readonly issues: Findings['health']['issues']
  readonly suppressed: number
  readonly withheld: number
  readonly migrations: {
    readonly total: number
    readonly pending: readonly string[]
    readonly conflicts: readonly string[]
  }
}

/** What counts as a failure. */
export interface ReportOptions {
  /** The mildest severity that fails. */
  readonly failOn: Severity
  /** Ids of issues that do not count. */
  readonly baseline: ReadonlySet<string>
  /** True if pending migrations are not a failure. */
  readonly allowPending: boolean
}

const pendingStates = new Set(['pending', 'out_of_order', 'rolled_back'])

/** Compares what was found with what counts as a failure. */
export function toReport(
  { health, summary, migrations }: Findings,
  { failOn, baseline, allowPending }: ReportOptions,
): Report {
  const issues = health.issues.filter(({ id }) => !baseline.has(id))
  const pending = migrations.filter(({ state }) => pendingStates.has(state))
  const conflicts = summary.conflicts.map(({ message }) => message)
  const complete =
    !health.issues.some(({ id }) => id.startsWith('system.')) &&
    !migrations.some(({ state }) => state === 'unknown')
  const ok =
    complete &&
    !issues.some(({ severity }) => rank(severity) >= rank(failOn)) &&
    conflicts.length === 0 &&
    (pending.length === 0 || allowPending)
  return {
    ok,
    complete,
    fail_on: failOn,
    issues,
    suppressed: health.suppressed_count + health.issues.length - issues.length,
    withheld: health.withheld_count,
    migrations: {
      total: summary.total_migrations,
      pending: pending.map(({ app_label, name }) => `${app_label}.${name}`),
      conflicts,
    },
  }
}

/** Formats a report for people, the worst issues first. */
export function formatReport({ issues, migrations, suppressed, ok, complete }: Report): string {
  const { pending, conflicts, total } = migrations
  const worstFirst = issues.toSorted((a, b) => rank(b.severity) - rank(a.severity))
  return [
    ...worstFirst.flatMap(formatIssue),
    ...conflicts.map((message) => `conflict ${message}`),
    ...pending.map((name) => `pending  ${name}`),
    `${countOf(issues.length, 'issue')}, ${suppressed} suppressed; ${pending.length} of ${countOf(total, 'migration')} pending`,
    complete ? (ok ? 'The check passed' : 'The check failed') : 'Could not check everything',
  ].join('\n')
}

function formatIssue(issue: Report['issues'][number]): string[] {
  const { severity, kind, message, rule, hint, fix_sql } = issue
  return [
    `${severity.padEnd(8)} ${message} (${rule})`,
    // what could not be read is explained by endpoints, which the terminal does not have
    ...(hint && (kind !== 'lint' || fix_sql) && kind !== 'system' ? [`         ${hint}`] : []),
    ...(fix_sql ? fix_sql.split('\n').map((line) => `         ${line}`) : []),
  ]
}

function rank(severity: Severity): number {
  return severities.indexOf(severity)
}
