import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import { isoTime } from '../../lib/clock.ts'
import { issueKinds } from '../../health/kit/issue.ts'
import { severities } from '../../project/schema-health-options.ts'
import type { Introspection } from '../module.ts'
import { toDiff } from './diff.ts'
import { examine } from './examine.ts'
import { createMask, type SchemaIssue, toSchemaIssues } from './wire.ts'
import { protocolLevel } from '../wire.ts'

/** What `GET /ai/schema/issues` may be asked for. */
const issuesQuery = z.object({
  severity: z.enum(severities).optional(),
  kind: z.enum(issueKinds).optional(),
  rule: z.string().optional(),
  table: z.string().optional(),
  app_label: z.string().optional(),
})

/** Answers `GET /ai/schema/health`; also without a database, which is then the one issue. */
export async function readHealth(
  introspection: Introspection,
  exchange: Exchange,
): Promise<object> {
  const { report, facts, withheld, issues, version } = await look(introspection, exchange)
  return {
    status: report.status,
    issue_counts: report.counts,
    issues,
    inspected_at: isoTime(introspection.clock.now()),
    db_version: version,
    db_name: facts?.catalog.database ?? null,
    app_version: protocolLevel,
    suppressed_count: report.suppressed.length,
    withheld_count: withheld,
    skipped_rules: report.skipped,
  }
}

/** Answers `GET /ai/schema/issues`: what was asked for, and how many there are in all. */
export async function readIssues(
  introspection: Introspection,
  exchange: Exchange,
  query: unknown,
): Promise<object> {
  const wanted = parse(issuesQuery, query, 'query')
  const { report, issues } = await look(introspection, exchange)
  const filtered = issues.filter((issue) => matches(issue, wanted))
  return {
    status: report.status,
    issues: filtered,
    total_count: issues.length,
    filtered_count: filtered.length,
    suppressed_count: report.suppressed.length,
  }
}

/** Answers `GET /ai/schema/diff`; 503 without a database that can be read, 404 for a table nobody knows. */
export async function readDiff(
  introspection: Introspection,
  exchange: Exchange,
  query: unknown,
): Promise<object> {
  const { table } = parse(z.object({ table: z.string().optional() }), query, 'query')
  const { facts, issues, models, report } = await look(introspection, exchange)
  if (!facts) {
    throw new StudioError('unavailable', report.issues[0]?.message ?? 'The schema is not known')
  }
  const diff = toDiff(models, facts.catalog, issues)
  const inspected_at = isoTime(introspection.clock.now())
  if (table === undefined) return { ...diff, inspected_at }
  const found = Object.entries(diff.tables).filter(
    ([name, { schema }]) => name === table || `${schema}.${name}` === table,
  )
  if (found.length === 0) throw new StudioError('not_found', `No table is named "${table}"`)
  const names = found.map(([name]) => name)
  return {
    tables: Object.fromEntries(found),
    model_only: diff.model_only.filter((name) => names.includes(name)),
    db_only: diff.db_only.filter((name) => names.includes(name)),
    inspected_at,
  }
}

/** Examines the schema, and says what of it may be shown. */
async function look(introspection: Introspection, exchange: Exchange) {
  return introspection.read(exchange, async (reading) => {
    const examined = await examine(introspection, exchange, reading)
    const { models, facts, report } = examined
    const mask = createMask(models, facts?.catalog ?? null)
    const open = report.issues.filter((issue) => !mask.isWithheld(issue))
    return {
      ...examined,
      issues: toSchemaIssues(open, mask),
      withheld: report.issues.length - open.length,
    }
  })
}

function matches(issue: SchemaIssue, wanted: z.infer<typeof issuesQuery>): boolean {
  const { severity, kind, rule, table, app_label } = wanted
  return (
    (severity === undefined || issue.severity === severity) &&
    (kind === undefined || issue.kind === kind) &&
    (rule === undefined || issue.rule === rule) &&
    (app_label === undefined || issue.app_label === app_label) &&
    (table === undefined || issue.table === table || `${issue.schema}.${issue.table}` === table)
  )
}
