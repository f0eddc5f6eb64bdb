import { type Snapshot, type AppModel } from '../model/snapshot.ts'
import { StudioError } from '../../errors.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import { abortable, withDeadline } from '../../lib/deadline.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Database, DatabaseReader } from '../../project/database.ts'
import type { ColumnsByTable } from '../../project/models/lineage.ts'
import { type HistoryReading, readHistories } from '../../migrations/core/history-tables.ts'
import { type MigrationOverview, resolveMigrations } from '../../migrations/core/overview.ts'
import { currentCatalog } from '../../project/postgres/catalog/cache.ts'
import type { App, Project } from '../../project/project.ts'
import type { Model } from '../../project/model.ts'
import { readSensitiveColumns } from '../../project/postgres/sensitive-columns.ts'
import { listRoutes, type ProjectRoute } from '../../project/routes.ts'
import type { MigrationSource } from '../../project/source.ts'
import { toChecksums } from './checksums.ts'
import { findContradictions } from './inconsistencies.ts'
import { modelsOf, type SnapshotModels, toSnapshotModels } from './visible-models.ts'
import type { Offer } from '../module.ts'
import { explainFailure } from '../../project/failure.ts'
import { listTools } from '../tools/list.ts'
import type { DatabaseStatus } from '../wire.ts'

/** What a snapshot is made from. */
export interface SnapshotInput {
  readonly project: Project
  readonly database: Database | null
  /** Asked alongside: sources need not wait for a database that is known to be away. */
  readonly status: () => Promise<DatabaseStatus>
  readonly ownRoutes: readonly ProjectRoute[]
  readonly offer: Offer
  readonly settings: object
  /** The snapshot before this one: what did not change since is not worked out again. */
  readonly previous: Snapshot | null
  /** Gets failures that have no words of their own. */
  readonly report: (error: unknown) => void
}

/** Longest a source may take, in milliseconds. */
const sourceTimeoutMs = 15_000

/**
 * Asks every source once, in parallel. A failing source leaves its part empty and a problem; nothing else fails. Answers
 * `previous` itself when everything is as it was.
 */
export async function readSnapshot(input: SnapshotInput): Promise<Snapshot> {
  const { project, settings, ownRoutes, previous } = input
  const problems: string[] = []
  const ask = createAsk(problems, input.report)
  const reader = createSourceReader(input)
  const [catalog, answers, migrations, routes] = await Promise.all([
    reader?.catalog ? ask('catalog', reader.catalog) : null,
    Promise.all(project.apps.map((app) => readModels(app, reader, ask))),
    readMigrations(project.apps, reader, ask),
    ask('routes', async () => listRoutes([...project.routes, ...ownRoutes])),
  ])
  const same = previous && isSame(sources.get(previous), answers) ? previous : null
  const declaredModels = same?.declaredModels ?? toAppModels(project.apps, answers)
  const sensitiveColumns = await readSensitive(input, declaredModels, { reader, ask })
  const known =
    same && canonicalJson(same.sensitiveColumns) === canonicalJson(sensitiveColumns) ? same : null
  const exposed = known
    ? modelsOf(known)
    : toSnapshotModels(project, declaredModels, sensitiveColumns)
  const list = async () => listTools(exposed, project.routes, input.offer)
  const tools = (await ask('tools', list)) ?? []
  problems.push(...findContradictions(project, declaredModels, migrations))
  const parts = {
    models: exposed.models,
    migrations: migrations.migrations,
    routes: routes ?? listRoutes(ownRoutes),
    settings,
  }
  const checksums = await toChecksums(parts, known?.checksums.schema_checksum)
  const rest = { migrations, routes: parts.routes, tools, checksums, problems: problems.sort() }
  if (known?.catalog === catalog && known && isEqual(known, rest)) return known
  const snapshot = { catalog, ...exposed, ...rest }
  sources.set(snapshot, answers)
  return snapshot
}

/** What the model sources of a snapshot answered, by app: an unchanged catalog answers the very same lists. */
const sources = new WeakMap<Snapshot, readonly (readonly Model[])[]>()

function isSame(before: readonly unknown[] | undefined, now: readonly unknown[]): boolean {
  return before?.length === now.length && now.every((answer, index) => answer === before[index])
}

/** Compares everything but models and catalog, which are compared by identity. */
function isEqual(before: Snapshot, now: Omit<Snapshot, 'catalog' | keyof SnapshotModels>): boolean {
  const { migrations, routes, tools, checksums, problems } = before
  return canonicalJson({ migrations, routes, tools, checksums, problems }) === canonicalJson(now)
}

function toAppModels(apps: readonly App[], answers: readonly (readonly Model[])[]): AppModel[] {
  return apps
    .flatMap(({ label }, index) =>
      (answers[index] ?? []).map((model) => ({ ...model, app: label })),
    )
    .sort(byAppAndName)
}

/** A view in a schema that nobody asked for can change what a column is made of, so this is read each time. */
async function readSensitive(
  { status }: SnapshotInput,
  models: readonly AppModel[],
  { reader, ask }: { readonly reader: DatabaseReader | null; readonly ask: Ask },
): Promise<ColumnsByTable | null> {
  if (!reader || !(await status()).connected) return null
  return ask('origins of columns', () => readSensitiveColumns(reader, models))
}

/** Gives the answer of one source, or null and a problem. */
type Ask = <T>(what: string, read: () => Promise<T>) => Promise<T | null>

function createAsk(problems: string[], report: (error: unknown) => void): Ask {
  return async (what, read) => {
    const late = new StudioError('unavailable', `no answer within ${sourceTimeoutMs} ms`)
    try {
      return await withDeadline(sourceTimeoutMs, late, read)
    } catch (error) {
      problems.push(`${what}: ${explainFailure(error, report)}`)
      return null
    }
  }
}

const noModels: readonly Model[] = []

async function readModels(
  { label, models: source }: App,
  reader: DatabaseReader | null,
  ask: Ask,
): Promise<readonly Model[]> {
  if (!source) return noModels
  return (await ask(`models of ${label}`, () => source.read(reader))) ?? noModels
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
  const unread: HistoryReading = { problem: 'the tables could not be read', isReported: true }
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
): Promise<readonly HistoryReading[]> {
  if (!reader)
    return sources.map(() => ({ problem: 'no database is configured', isReported: true }))
  return (await ask('applied migrations', () => readHistories(sources, reader))) ?? []
}

/**
 * What sources may read from. A database that turns out to be away ends the reads that wait for it. The catalog is read once,
 * whoever asks first.
 */
function createSourceReader({ database, project, status }: SnapshotInput): DatabaseReader | null {
  if (!database) return null
  const controller = new AbortController()
  const abort = ({ connected, last_error }: DatabaseStatus) => {
    if (!connected) controller.abort(new StudioError('unavailable', last_error ?? 'no answer'))
  }
  status().then(abort, (error: unknown) => controller.abort(error))
  const { signal } = controller
  const read: DatabaseReader['read'] = (selects) =>
    abortable(database.read(selects, signal), signal)
  if (database.dialect !== 'postgresql') return { read }
  let catalog: Promise<Catalog> | undefined
  const schemas = unionOfSchemas(project.apps)
  return { read, catalog: () => (catalog ??= currentCatalog(database, { read }, schemas)) }
}

/** The schemas of all sources that name some; null, which is all there are, when none does. */
function unionOfSchemas(apps: readonly App[]): readonly string[] | null {
  const named = apps.flatMap(({ models }) => models?.schemas ?? [])
  return named.length > 0 ? [...new Set(named)].sort() : null
}

function byAppAndName(a: AppModel, b: AppModel): number {
  if (a.app !== b.app) return a.app < b.app ? -1 : 1
  return a.name < b.name ? -1 : a.name > b.name ? 1 : 0
}
