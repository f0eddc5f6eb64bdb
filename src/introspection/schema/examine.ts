import { StudioError } from '../../errors.ts'
import {
  checkSteps,
  type HealthInput,
  type SchemaReport,
  toSystemIssue,
  toUnexaminedReport,
} from '../../health/check-schema.ts'
import { createFinder } from '../../health/drift/compare-models.ts'
import { noGrants, readGrants } from '../../health/kit/grants.ts'
import type { Issue } from '../../health/kit/issue.ts'
import type { Exchange } from '../../http/exchange.ts'
import { giveWay, inTurns } from '../../lib/steps/turns.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import type { DatabaseReader } from '../../project/database.ts'
import { explainFailure } from '../../project/failure.ts'
import { markSensitive } from '../../project/models/lineage.ts'
import { readStatistics } from '../../project/postgres/catalog/counters.ts'
import { defaultExposedRoles, type LintPreset } from '../../project/schema-health-options.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { IntrospectionModule } from '../module.ts'

/** Longest that reading statistics and privileges may take, in milliseconds. */
const timeoutMs = 15_000

/** The report of schema health, and what it was made from. */
export interface ExaminedSchema {
  readonly report: SchemaReport
  readonly models: readonly AppModel[]
  /** Null if the catalog could not be read. */
  readonly input: HealthInput | null
  /** `version()` of the server; null if it could not be read. */
  readonly version: string | null
}

/**
 * Collects the inputs of the schema health report and checks them. Never rejects; unreadable inputs become issues. A preset
 * replaces that of the project.
 */
export async function examineSchema(
  introspection: IntrospectionModule,
  { request }: Exchange,
  scope: RequestScope,
  preset?: LintPreset,
): Promise<ExaminedSchema> {
  const { project, onError, clock } = introspection
  const report = (error: unknown) => onError(error, request)
  const snapshot = await scope.snapshot()
  const { declaredModels, sensitiveColumns, catalog, migrations, problems } = snapshot
  const models = markSensitive(declaredModels, sensitiveColumns ?? {})
  const { database } = scope
  if (!database) return toUnexamined(models, noDatabase)
  const { connected, last_error } = await scope.status()
  if (!connected) return toUnexamined(models, toUnreadable(last_error ?? 'no answer'))
  if (!catalog) {
    const problem = problems.find((text) => text.startsWith('catalog: ')) ?? 'no answer'
    return toUnexamined(models, toUnreadable(problem.replace('catalog: ', '')))
  }
  const options = { ...project.schemaHealth, ...(preset ? { preset } : {}) }
  try {
    const { version, ...readings } = await withDeadline(timeoutMs, late, () =>
      readOptionalInputs(database, options.exposedRoles, report),
    )
    await giveWay()
    const live = new Set(project.apps.filter((app) => app.models?.isLive).map(({ label }) => label))
    const whole = withoutPartial(catalog, models)
    const input: HealthInput = {
      ...readings,
      catalog: whole.catalog,
      declared: whole.models.filter(({ app }) => !live.has(app)),
      live: whole.models.filter(({ app }) => live.has(app)),
      migrations,
      problems: problems.filter((problem) => !migrations.problems.includes(problem)),
      now: clock.now(),
    }
    return { models, input, version, report: await inTurns(checkSteps(input, options)) }
  } catch (error) {
    return toUnexamined(models, toUnreadable(explainFailure(error, report)))
  }
}

/** Leaves out relations that could be read only in part: nothing that is missing in them is known to be missing. */
function withoutPartial(
  catalog: Catalog,
  models: readonly AppModel[],
): { readonly catalog: Catalog; readonly models: readonly AppModel[] } {
  const partial = new Set(catalog.partial?.map(({ schema, name }) => `${schema}.${name}`))
  if (partial.size === 0) return { catalog, models }
  const find = createFinder(catalog)
  const isWhole = ({ schema, name }: ObjectName) => !partial.has(`${schema}.${name}`)
  return {
    catalog: {
      ...catalog,
      tables: catalog.tables.filter(isWhole),
      views: catalog.views.filter(isWhole),
    },
    models: models.filter((model) => {
      const found = find(model)
      return !found || isWhole(found)
    }),
  }
}

const late = new StudioError('unavailable', `no answer within ${timeoutMs} ms`)

const noDatabase: Issue = {
  ...toSystemIssue('system.database.not_configured', 'No database is configured', {
    severity: 'danger',
    hint: 'Give Studio a `database`',
  }),
  kind: 'missing_table',
}

function toUnreadable(reason: string): Issue {
  const message = `The catalog could not be read: ${reason}`
  return {
    ...toSystemIssue('system.catalog.unreadable', message, {
      severity: 'danger',
      hint: 'See GET /studio/health',
    }),
    kind: 'missing_table',
  }
}

/** Reads statistics and grants. If one of them cannot be read, the rules that need it are skipped. */
async function readOptionalInputs(
  database: DatabaseReader,
  roles: readonly string[] = defaultExposedRoles,
  report: (error: unknown) => void,
) {
  const optional = <T>(promise: Promise<T>, fallback: T) =>
    promise.catch((error: unknown) => {
      report(error)
      return fallback
    })
  const [statistics, grants, version] = await Promise.all([
    optional(readStatistics(database), null),
    optional(readGrants(database, roles), noGrants),
    optional(readVersion(database), null),
  ])
  return { statistics, grants, version }
}

async function readVersion(database: DatabaseReader): Promise<string | null> {
  const { version } = await database.read({ version: 'select pg_catalog.version()' })
  const text = version[0]?.[0]
  return typeof text === 'string' ? text : null
}

function toUnexamined(models: readonly AppModel[], issue: Issue): ExaminedSchema {
  return { models, input: null, version: null, report: toUnexaminedReport(issue) }
}
