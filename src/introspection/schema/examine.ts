import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { DatabaseReader } from '../../project/database.ts'
import {
  checkSchema,
  type SchemaFacts,
  type SchemaReport,
  toStatus,
  toSystemIssue,
} from '../../health/check-schema.ts'
import { noExposure, readExposure } from '../../health/kit/grants.ts'
import type { Issue } from '../../health/kit/issue.ts'
import { defaultExposedRoles } from '../../project/schema-health-options.ts'
import { markSensitive } from '../../project/models/lineage.ts'
import { readStatistics } from '../../project/postgres/catalog/statistics.ts'
import type { IntrospectionModule } from '../module.ts'
import { explain } from '../../project/failure.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { AppModel } from '../model/snapshot.ts'

/** Longest that reading statistics and privileges may take, in milliseconds. */
const timeoutMs = 15_000

/** The report of schema health, and what it was made from. */
interface Examined {
  readonly report: SchemaReport
  readonly models: readonly AppModel[]
  /** Null if the catalog could not be read. */
  readonly input: SchemaFacts | null
  /** `version()` of the server; null if it could not be read. */
  readonly version: string | null
}

/** Collects the inputs of the schema health report and checks them. Never rejects; unreadable inputs become issues. */
export async function examineSchema(
  introspection: IntrospectionModule,
  { request }: Exchange,
  scope: RequestScope,
): Promise<Examined> {
  const { project, onError, clock } = introspection
  const report = (error: unknown) => onError(error, request)
  const snapshot = await scope.snapshot()
  const { declaredModels, sensitiveColumns, catalog, migrations, problems } = snapshot
  const models = markSensitive(declaredModels, sensitiveColumns ?? {})
  const { database } = scope
  if (!database) return toUnexamined(models, noDatabase)
  const options = project.schemaHealth ?? {}
  const { connected, last_error } = await scope.status()
  if (!connected) return toUnexamined(models, toUnreadable(last_error ?? 'no answer'))
  if (!catalog) {
    const problem = problems.find((text) => text.startsWith('catalog: ')) ?? 'no answer'
    return toUnexamined(models, toUnreadable(problem.replace('catalog: ', '')))
  }
  try {
    const read = await withDeadline(timeoutMs, late, () =>
      readOptionalInputs(database, options.exposedRoles, report),
    )
    const live = new Set(project.apps.filter((app) => app.models?.isLive).map(({ label }) => label))
    const input: SchemaFacts = {
      ...read,
      catalog,
      declared: models.filter(({ app }) => !live.has(app)),
      live: models.filter(({ app }) => live.has(app)),
      migrations,
      problems: problems.filter((problem) => !migrations.problems.includes(problem)),
      now: clock.now(),
    }
    return { models, input, version: read.version, report: checkSchema(input, options) }
  } catch (error) {
    return toUnexamined(models, toUnreadable(explain(error, report)))
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

/** Reads statistics and privileges. Rules that need one that could not be read are skipped. */
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
  const [statistics, exposure, version] = await Promise.all([
    optional(readStatistics(database), null),
    optional(readExposure(database, roles), noExposure),
    optional(readVersion(database), null),
  ])
  return { statistics, exposure, version }
}

async function readVersion(database: DatabaseReader): Promise<string | null> {
  const { version } = await database.read({ version: 'select pg_catalog.version()' })
  const text = version[0]?.[0]
  return typeof text === 'string' ? text : null
}

function toUnexamined(models: readonly AppModel[], issue: Issue): Examined {
  const report = { ...toStatus([issue]), issues: [issue], suppressed: [], skipped: [] }
  return { models, input: null, version: null, report }
}
