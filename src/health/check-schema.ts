import { compareText } from '../lib/text.ts'
import type { Catalog } from '../project/catalog/catalog.ts'
import type { CatalogStatistics } from '../project/catalog/statistics.ts'
import type { MigrationOverview } from '../migrations/core/overview.ts'
import type { Model } from '../project/model.ts'
import { compareModels } from './drift/compare-models.ts'
import type { DeclaredModel } from './drift/drift-issue.ts'
import type { Exposure } from './kit/grants.ts'
import { inspect } from './kit/inspected.ts'
import { type Issue } from './kit/issue.ts'
import { type Severity, severities } from '../project/schema-health-options.ts'
import { lintCatalog, type SkippedRule } from './run-rules.ts'
import { findMigrationIssues } from './migration-issues.ts'
import type { SchemaHealthOptions } from '../project/schema-health-options.ts'
import { rules } from './rules/index.ts'
import { suppress } from './suppress.ts'

/** What is known of a project and its database at one moment. */
export interface SchemaFacts {
  readonly catalog: Catalog
  /** Models somebody wrote down. */
  readonly declared: readonly DeclaredModel[]
  /** Models that were read from the database itself. @default [] */
  readonly live?: readonly Pick<Model, 'schema' | 'table'>[]
  /** @default null: rules about counters are skipped */
  readonly statistics?: CatalogStatistics | null
  /** @default nothing is exposed */
  readonly exposure?: Exposure
  /** @default none */
  readonly migrations?: MigrationOverview | null
  /** What could not be read, safe to send. @default [] */
  readonly problems?: readonly string[]
  /** Milliseconds since 1970. */
  readonly now: number
}

/** How healthy a schema is (contract introspection.md 4.9). */
export interface SchemaReport {
  readonly status: 'healthy' | 'degraded' | 'danger'
  readonly counts: Readonly<Record<Severity, number>>
  /** Worst first, then by id. */
  readonly issues: readonly Issue[]
  /** Those that are ignored or in the baseline. */
  readonly suppressed: readonly Issue[]
  /** Rules that could not tell. */
  readonly skipped: readonly SkippedRule[]
}

/** Finds what is wrong: drift, findings of the rules, and migrations. */
export function checkSchema(facts: SchemaFacts, options: SchemaHealthOptions = {}): SchemaReport {
  const { catalog, declared, live = [], migrations = null, problems = [], now } = facts
  const { statistics = null, exposure } = facts
  const { exposedSchemas, unusedAfterDays } = options
  const known = new Set(live.map(({ schema, table }) => `${schema ?? 'public'}.${table}`))
  const inspected = inspect(catalog, {
    statistics,
    now,
    ...(exposure ? { exposure } : {}),
    ...(exposedSchemas ? { exposedSchemas } : {}),
    ...(unusedAfterDays === undefined ? {} : { unusedAfterDays }),
  })
  const lint = lintCatalog(inspected, options)
  const issues = [
    ...compareModels(declared, catalog, { known }),
    ...lint.issues,
    ...(migrations ? findMigrationIssues(migrations) : []),
    ...problems.map((message, at) => toSystemIssue(`system.problem.${at + 1}`, message)),
    ...findMistakes(options),
  ]
  const { shown, suppressed } = suppress(issues.toSorted(bySeverity), options)
  return { ...toStatus(shown), issues: shown, suppressed, skipped: lint.skipped }
}

/** Any danger is danger, any warning makes it degraded, information alone is healthy. */
export function toStatus(issues: readonly Issue[]): Pick<SchemaReport, 'status' | 'counts'> {
  const counts = { info: 0, warning: 0, danger: 0 }
  for (const { severity } of issues) counts[severity]++
  const status = counts.danger > 0 ? 'danger' : counts.warning > 0 ? 'degraded' : 'healthy'
  return { status, counts }
}

/** Makes an issue of something that could not be examined. */
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
    why: null,
    link: null,
    tags: ['configuration'],
  }
}

/** A rule that is misspelt would switch nothing on or off, and nobody would notice. */
function findMistakes({ enable = [], disable = [], severities: levels = {} }: SchemaHealthOptions) {
  const known = new Set(rules.map(({ id }) => id))
  const named = [...new Set([...enable, ...disable, ...Object.keys(levels)])]
  return named
    .filter((id) => !known.has(id))
    .map((id) =>
      toSystemIssue(`system.unknown_rule.${id}`, `schemaHealth names no known rule: ${id}`),
    )
}

function bySeverity(a: Issue, b: Issue): number {
  const rank = severities.indexOf(b.severity) - severities.indexOf(a.severity)
  return rank || compareText(a.id, b.id)
}
