import type { Exchange } from '../../http/exchange.ts'
import { describeRuntime } from '../model/runtime-name.ts'
import type { IntrospectionModule } from '../module.ts'
import { readSchemaHealth } from '../schema/read-schema.ts'
import type { SchemaIssue } from '../schema/schema-answers.ts'
import { protocolLevel } from '../wire.ts'
import type { DiagnosticIssue, Diagnostics } from './panels-answers.ts'

/** Answers `GET /studio/diagnostics`: the report of schema health in the form of a list of checks for people. */
export async function diagnose(
  introspection: IntrospectionModule,
  exchange: Exchange,
): Promise<Diagnostics> {
  const started = performance.now()
  const health = await readSchemaHealth(introspection, exchange)
  const issues = health.issues.map(toDiagnosticIssue)
  const countOf = (severity: DiagnosticIssue['severity']) =>
    issues.filter((issue) => issue.severity === severity).length
  const stats = {
    total: issues.length,
    errors: countOf('error'),
    warnings: countOf('warning'),
    info: countOf('info'),
  }
  return {
    status: stats.errors > 0 ? 'error' : stats.warnings > 0 ? 'warning' : 'ok',
    stats,
    issues,
    system: { aksara_version: protocolLevel, python_version: describeRuntime(), os: null },
    generated_at: health.inspected_at,
    duration_ms: Math.round(performance.now() - started),
  }
}

function toDiagnosticIssue(issue: SchemaIssue): DiagnosticIssue {
  const { id, kind, severity, message, hint } = issue
  return {
    id,
    kind,
    severity: severity === 'danger' ? 'error' : severity,
    title: toTitle(issue),
    message,
    hint,
    actions: toActions(issue),
  }
}

/** Names the rule and the object at fault: `Missing table: public.books`. */
function toTitle({ rule, objects: [at] }: SchemaIssue): string {
  const words = rule.replace(/[-_]/g, ' ')
  const title = `${words[0]?.toUpperCase() ?? ''}${words.slice(1)}`
  if (!at) return title
  const isTable = at.kind === 'table' || at.kind === 'view'
  const place = [at.schema, isTable ? null : at.table, at.name].filter((part) => part !== null)
  return `${title}: ${place.join('.')}`
}

function toActions({ fix_sql, fix_lock, why, link }: SchemaIssue): DiagnosticIssue['actions'] {
  const actions: DiagnosticIssue['actions'] = []
  if (fix_sql !== null) {
    const description = `Read it before you run it.${fix_lock ? ` It takes the lock ${fix_lock}.` : ''}`
    actions.push({ kind: 'run_sql', title: 'Run these statements', description, example: fix_sql })
  }
  if (link !== null) {
    actions.push({
      kind: 'open_doc',
      title: 'Read about the rule',
      description: why ?? '',
      example: link,
    })
  }
  return actions
}
