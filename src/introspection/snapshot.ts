import { StudioError } from '../errors.ts'
import { abortable, withDeadline } from '../lib/deadline.ts'
import type { Database, DatabaseReader } from '../project/database.ts'
import { type JournalReading, readJournals } from '../project/migrations/journal.ts'
import { type MigrationOverview, resolveMigrations } from '../project/migrations/overview.ts'
import type { App, Model, Project, Resource } from '../project/project.ts'
import { traceSensitive } from '../project/postgres/lineage.ts'
import { listRoutes, type ProjectRoute } from '../project/routes.ts'
import type { MigrationSource } from '../project/source.ts'
import { toChecksums } from './checksums.ts'
import { toExposed } from './exposure.ts'
import { explain } from './ping.ts'
import type { Checksums, DatabaseStatus } from './wire.ts'

/** A model and the app it belongs to. */
export interface AppModel extends Model {
  readonly app: string
}

/** Everything known of a project at one moment. Views of it are pure. */
export interface Snapshot {
  /** What clients may know of, sorted by app, then name. Fields are all there, those to keep back marked `sensitive`. */
  readonly models: readonly AppModel[]
  /** The project's resources of these models. */
  readonly resources: readonly Resource[]
  /** All models as they were declared, also those clients may not know of: to compare with, never to show. */
  readonly declaredModels: readonly AppModel[]
  /** False when the database could not say what columns are made of: then no data may leave. */
  readonly isTraced: boolean
  readonly migrations: MigrationOverview
  /** The project's and Studio's own, sorted by path, then method. */
  readonly routes: readonly ProjectRoute[]
  /** What AI clients may call. */
  readonly tools: readonly unknown[]
  readonly checksums: Checksums
  /** What could not be read or does not fit together, in words that are safe to send. */
  readonly problems: readonly string[]
}

/** What a snapshot is made from. */
export interface SnapshotInput {
  readonly project: Project
  readonly database: Database | null
  /** Asked alongside: sources need not wait for a database that is known to be away. */
  readonly status: () => Promise<DatabaseStatus>
  readonly ownRoutes: readonly ProjectRoute[]
  readonly settings: object
  /** Gets failures that have no words of their own. */
  readonly report: (error: unknown) => void
}

/** Longest a source may take, in milliseconds. */
const sourceTimeoutMs = 15_000

/** Asks every source once, in parallel. A failing source leaves its part empty and a problem; nothing else fails. */
export async function readSnapshot(input: SnapshotInput): Promise<Snapshot> {
  const { project, database, settings, ownRoutes } = input
  const problems: string[] = []
  const ask = createAsk(problems, input.report)
  const reader = database && guardReader(database, input.status())
  const [models, migrations, routes] = await Promise.all([
    Promise.all(project.apps.map((app) => readModels(app, reader, ask))),
    readMigrations(project.apps, reader, ask),
    ask('routes', async () => listRoutes([...project.routes, ...ownRoutes])),
  ])
  const known = models.flat().sort(byAppAndName)
  problems.push(...findContradictions(project, known, migrations))
  const isConnected = reader !== null && (await input.status()).connected
  const traced = isConnected && (await ask('lineage', () => traceSensitive(reader, known)))
  const exposed = toExposed(traced || known, project.resources)
  const parts = {
    models: exposed.models,
    migrations: migrations.migrations,
    routes: routes ?? listRoutes(ownRoutes),
    settings,
  }
  const checksums = await toChecksums(parts)
  return {
    ...exposed,
    declaredModels: known,
    isTraced: Boolean(traced),
    migrations,
    routes: parts.routes,
    tools: [],
    checksums,
    problems: problems.sort(),
  }
}

/** Gives the answer of one source, or null and a problem. */
type Ask = <T>(what: string, read: () => Promise<T>) => Promise<T | null>

function createAsk(problems: string[], report: (error: unknown) => void): Ask {
  return async (what, read) => {
    const late = new StudioError('unavailable', `no answer within ${sourceTimeoutMs} ms`)
    try {
      return await withDeadline(sourceTimeoutMs, late, read)
    } catch (error) {
      problems.push(`${what}: ${explain(error, report)}`)
      return null
    }
  }
}

async function readModels(app: App, reader: DatabaseReader | null, ask: Ask): Promise<AppModel[]> {
  const { label, models: source } = app
  if (!source) return []
  const models = (await ask(`models of ${label}`, () => source.read(reader))) ?? []
  return models.map((model) => ({ ...model, app: label }))
}

/** Files are listed while the tables are read. */
async function readMigrations(
  apps: readonly App[],
  reader: DatabaseReader | null,
  ask: Ask,
): Promise<MigrationOverview> {
  const sources = apps.flatMap(({ label, migrations }) =>
    migrations ? [{ label, source: migrations }] : [],
  )
  const [journals, discoveries] = await Promise.all([
    readTables(
      sources.map(({ source }) => source),
      reader,
      ask,
    ),
    Promise.all(
      sources.map(({ label, source }) =>
        ask(`migrations of ${label}`, () => source.discover(label)),
      ),
    ),
  ])
  const unread: JournalReading = { problem: 'the tables could not be read', isReported: true }
  return resolveMigrations(
    sources.map(({ label, source: { tool } }, index) => {
      const discovery = discoveries[index] ?? null
      return { label, tool, discovery, journal: journals[index] ?? unread }
    }),
  )
}

async function readTables(
  sources: readonly MigrationSource[],
  reader: DatabaseReader | null,
  ask: Ask,
): Promise<readonly JournalReading[]> {
  if (!reader)
    return sources.map(() => ({ problem: 'no database is configured', isReported: true }))
  return (await ask('applied migrations', () => readJournals(sources, reader))) ?? []
}

/** A database that turns out to be away ends the reads that wait for it. */
function guardReader(database: Database, status: Promise<DatabaseStatus>): DatabaseReader {
  const controller = new AbortController()
  const abort = ({ connected, last_error }: DatabaseStatus) => {
    if (!connected) controller.abort(new StudioError('unavailable', last_error ?? 'no answer'))
  }
  status.then(abort, (error: unknown) => controller.abort(error))
  const { signal } = controller
  return { read: (selects) => abortable(database.read(selects, signal), signal) }
}

function findContradictions(
  { resources }: Project,
  models: readonly AppModel[],
  migrations: MigrationOverview,
): string[] {
  const { apps, cyclic } = migrations
  const names = models.map(({ name }) => name)
  const repeated = new Set(names.filter((name, index) => names.indexOf(name) !== index))
  const strangers = resources.filter(({ model }) => models.length > 0 && !names.includes(model))
  return [
    ...[...repeated].map((name) => `models: two are named ${name}`),
    ...strangers.map(({ model, prefix }) => `resource ${prefix}: no model is named ${model}`),
    ...apps.flatMap(({ conflicts }) => conflicts),
    ...migrations.problems,
    ...migrations.migrations
      .filter(({ state }) => state === 'failed')
      .map(({ app, name }) => `migration ${app}.${name}: it failed`),
    ...(cyclic.length > 0
      ? [`migrations: ${cyclic.join(', ')} wait for each other in a cycle`]
      : []),
  ]
}

function byAppAndName(a: AppModel, b: AppModel): number {
  if (a.app !== b.app) return a.app < b.app ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
