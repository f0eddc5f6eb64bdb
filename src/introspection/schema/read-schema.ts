import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import { type Issue, issueKinds } from '../../health/kit/issue.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import { isoTime } from '../../lib/clock.ts'
import type { LintPreset } from '../../project/schema-health-options.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { toDiff } from './diff.ts'
import { examineSchema } from './examine.ts'
import { createMask, type Mask } from './mask.ts'
import type { DiffQuery, HealthQuery, IssuesQuery } from './schema.ts'
import type { SchemaDiff, SchemaHealth, SchemaIssue, SchemaIssues } from './schema-answers.ts'
import { toSchemaIssue } from './wire.ts'

// not part of the query's schema, because the list of kinds would be in the core entry
const kindSchema = z.object({ kind: z.enum(issueKinds).optional() })

/** Answers `GET /ai/schema/health`. Without a database, that is the only issue. */
export async function readSchemaHealth(
  introspection: IntrospectionModule,
  exchange: Exchange,
  { preset }: HealthQuery,
): Promise<SchemaHealth> {
  const { report, input, withheldCount, issues, version } = await examineVisible(
    introspection,
    exchange,
    preset,
  )
  return {
    status: report.status,
    lint_status: report.lintStatus,
    issue_counts: { ...report.counts },
    issues,
    inspected_at: isoTime(introspection.clock.now()),
    db_version: version,
    db_name: input?.catalog.database ?? null,
    app_version: protocolLevel,
    suppressed_count: report.suppressed.length,
    withheld_count: withheldCount,
    skipped_rules: report.skipped.map(({ rule, reason }) => ({ rule, reason })),
  }
}

/** Answers `GET /ai/schema/issues`: the issues that match the query, and how many there are in all. */
export async function readSchemaIssues(
  introspection: IntrospectionModule,
  exchange: Exchange,
  filter: IssuesQuery,
): Promise<SchemaIssues> {
  parse(kindSchema, filter, 'query')
  const { report, issues } = await examineVisible(introspection, exchange, filter.preset)
  const filtered = issues.filter((issue) => matchesFilter(issue, filter))
  return {
    status: report.status,
    lint_status: report.lintStatus,
    issues: filtered,
    total_count: issues.length,
    filtered_count: filtered.length,
    suppressed_count: report.suppressed.length,
  }
}

/**
 * Answers `GET /ai/schema/diff`.
 *
 * @throws StudioError `unavailable` if the catalog cannot be read, `not_found` if the query names an unknown table.
 */
export async function readSchemaDiff(
  introspection: IntrospectionModule,
  exchange: Exchange,
  { table }: DiffQuery,
): Promise<SchemaDiff> {
  const { input, issues, models, report } = await examineVisible(introspection, exchange)
  if (!input) {
    throw new StudioError('unavailable', report.issues[0]?.message ?? 'The schema is not known')
  }
  const diff = toDiff(models, input.catalog, issues)
  const inspected_at = isoTime(introspection.clock.now())
  if (table === undefined) return { ...diff, inspected_at }
  const found = Object.entries(diff.tables).filter(
    ([name, { schema }]) => name === table || `${schema}.${name}` === table,
  )
  if (found.length === 0)
    throw new StudioError('not_found', `No table is named "${table.slice(0, 130)}"`)
  const names = found.map(([name]) => name)
  return {
    tables: Object.fromEntries(found),
    model_only: diff.model_only.filter((name) => names.includes(name)),
    db_only: diff.db_only.filter((name) => names.includes(name)),
    inspected_at,
  }
}

/** Examines the schema and keeps the issues that clients may see. */
async function examineVisible(
  introspection: IntrospectionModule,
  exchange: Exchange,
  preset?: LintPreset,
) {
  return introspection.withScope(exchange, async (scope) => {
    const examined = await examineSchema(introspection, exchange, scope, preset)
    const { models, input, report } = examined
    const mask = createMask(models, input?.catalog ?? null)
    const visible = report.issues.filter((issue) => !mask.isWithheld(issue))
    return {
      ...examined,
      issues: toSchemaIssues(visible, mask),
      withheldCount: report.issues.length - visible.length,
    }
  })
}

/** Masks issues. A suffix keeps their ids unique where masking makes two ids equal. */
function toSchemaIssues(issues: readonly Issue[], mask: Mask): SchemaIssue[] {
  const counts = new Map<string, number>()
  return issues.map((issue) => {
    const masked = mask.apply(toSchemaIssue(issue), issue)
    const count = (counts.get(masked.id) ?? 0) + 1
    counts.set(masked.id, count)
    return count > 1 ? { ...masked, id: `${masked.id}~${count}` } : masked
  })
}

function matchesFilter(issue: SchemaIssue, filter: IssuesQuery): boolean {
  const { severity, kind, rule, table, app_label } = filter
  return (
    (severity === undefined || issue.severity === severity) &&
    (kind === undefined || issue.kind === kind) &&
    (rule === undefined || issue.rule === rule) &&
    (app_label === undefined || issue.app_label === app_label) &&
    (table === undefined || issue.table === table || `${issue.schema}.${issue.table}` === table)
  )
}
