import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { DatabaseReader } from '../../project/database.ts'
import {
  checkSchema,
  type HealthInput,
  type SchemaReport,
  toHealthStatus,
  toSystemIssue,
} from '../../health/check-schema.ts'
import { noGrants, readGrants } from '../../health/kit/grants.ts'
import type { Issue } from '../../health/kit/issue.ts'
import { defaultExposedRoles } from '../../project/schema-health-options.ts'
import { markSensitive } from '../../project/models/lineage.ts'
import { readStatistics } from '../../project/postgres/catalog/counters.ts'
import type { Introspection } from '../module.ts'
import { explainFailure } from '../../project/failure.ts'
import type { Reading } from '../model/request-scope.ts'
import type { AppModel } from '../model/snapshot.ts'

/** Longest the catalog may take, in milliseconds. */
const timeoutMs = 15_000

/** What was found, and from what. */
export interface Examined {
  readonly report: SchemaReport
  readonly models: readonly AppModel[]
  /** Null without a database that could be read. */
  readonly facts: HealthInput | null
  /** `version()` of the server; null when it could not be asked. */
  readonly version: string | null
}

/** Reads what schema health goes by. Never rejects: what could not be read is the answer. */
export async function examine(
  introspection: Introspection,
  { request }: Exchange,
  reading: Reading,
): Promise<Examined> {
  const { project, onError, clock } = introspection
  const report = (error: unknown) => onError(error, request)
  const snapshot = await reading.snapshot()
  const { declaredModels, sensitiveColumns, catalog, migrations, problems } = snapshot
  const models = markSensitive(declaredModels, sensitiveColumns ?? {})
  const { database } = reading
  if (!database) return toUnexamined(models, noDatabase)
  const options = project.schemaHealth ?? {}
  const { connected, last_error } = await reading.status()
  if (!connected) return toUnexamined(models, toUnreadable(last_error ?? 'no answer'))
  if (!catalog) {
    const problem = problems.find((text) => text.startsWith('catalog: ')) ?? 'no answer'
    return toUnexamined(models, toUnreadable(problem.replace('catalog: ', '')))
  }
  try {
    const read = await withDeadline(timeoutMs, late, () =>
      readFacts(database, options.exposedRoles, report),
    )
    const live = new Set(project.apps.filter((app) => app.models?.isLive).map(({ label }) => label))
    const facts: HealthInput = {
      ...read,
      catalog,
      declared: models.filter(({ app }) => !live.has(app)),
      live: models.filter(({ app }) => live.has(app)),
      migrations,
      problems: problems.filter((problem) => !migrations.problems.includes(problem)),
      now: clock.now(),
    }
    return { models, facts, version: read.version, report: checkSchema(facts, options) }
  } catch (error) {
    return toUnexamined(models, toUnreadable(explainFailure(error, report)))
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

/** Counters and rights are a bonus: rules that need them are skipped without. */
async function readFacts(
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

function toUnexamined(models: readonly AppModel[], issue: Issue): Examined {
  const report = { ...toHealthStatus([issue]), issues: [issue], suppressed: [], skipped: [] }
  return { models, facts: null, version: null, report }
}
