import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import { issueKinds } from '../../health/kit/issue.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import { answerStored, storeAnswer } from '../../http/stored-answer.ts'
import { isoTime } from '../../lib/clock.ts'
import { keepAnswer } from '../model/answer-cache.ts'
import type { IntrospectionModule } from '../module.ts'
import { protocolLevel } from '../wire.ts'
import { toDiff } from './diff.ts'
import { examineVisible, type VisibleSchema } from './visible-schema.ts'
import type { DiffQuery, HealthQuery, IssuesQuery } from './schema.ts'
import type { SchemaDiff, SchemaHealth, SchemaIssue, SchemaIssues } from './schema-answers.ts'

// not part of the query's schema, because the list of kinds would be in the core entry
const kindSchema = z.object({ kind: z.enum(issueKinds).optional() })

/** Answers `GET /ai/schema/health`. Without a database, that is the only issue. */
export async function answerSchemaHealth(
  introspection: IntrospectionModule,
  exchange: Exchange,
  { preset }: HealthQuery,
): Promise<Response> {
  const examined = await examineVisible(introspection, exchange, preset)
  const stored = await keepAnswer(examined, 'schema_health', () => {
    const { issues } = examined
    return storeAnswer({ ...toHealth(examined), issues: () => issues }, ['inspected_at'])
  })
  return answerStored(stored, exchange.request)
}

/** Returns the answer of `GET /ai/schema/health` as an object. */
export async function readSchemaHealth(
  introspection: IntrospectionModule,
  exchange: Exchange,
): Promise<SchemaHealth> {
  return toHealth(await examineVisible(introspection, exchange))
}

function toHealth({
  report,
  input,
  withheldCount,
  issues,
  version,
  at,
}: VisibleSchema): SchemaHealth {
  return {
    status: report.status,
    lint_status: report.lintStatus,
    issue_counts: { ...report.counts },
    issues,
    inspected_at: isoTime(at),
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
  const { input, issues, models, report, at } = await examineVisible(introspection, exchange)
  if (!input) {
    throw new StudioError('unavailable', report.issues[0]?.message ?? 'The schema is not known')
  }
  const diff = toDiff(models, input.catalog, issues)
  const inspected_at = isoTime(at)
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
