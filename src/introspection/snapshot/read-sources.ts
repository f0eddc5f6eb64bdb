import { type HistoryReading, readHistories } from '../../migrations/core/history-tables.ts'
import type { SourceReading } from '../../migrations/core/overview.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Model } from '../../project/model.ts'
import { describeFailure } from '../../project/failure.ts'
import type { App, Project } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { MigrationSource } from '../../project/source.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { readRoutes } from './read-routes.ts'
import type { SourceAccess } from './source-access.ts'

/** What the sources of a project returned; nothing is derived from it yet. */
export interface SourceContents {
  /** Null without a PostgreSQL database, or if the catalog could not be read. */
  readonly catalog: Catalog | null
  /** The models of each app, in the order of the apps. */
  readonly models: readonly (readonly Model[])[]
  /** The views of each app as models, in the order of the apps. */
  readonly views: readonly (readonly Model[])[]
  /** False if the models of an app could not be read, now or before. */
  readonly areModelsKnown: boolean
  /** The migration files and history tables of each app that has migrations. */
  readonly migrations: readonly SourceReading[]
  readonly routes: readonly ProjectRoute[]
}

/** Reads every source once, in parallel. A source that fails adds a problem and keeps its last known content. */
export async function readSources(
  { apps, routes }: Project,
  ownRoutes: readonly ProjectRoute[],
  { access, previous }: { readonly access: SourceAccess; readonly previous: Snapshot | null },
): Promise<SourceContents> {
  const { database, readSource } = access
  const [catalog, models, migrations, allRoutes] = await Promise.all([
    database?.catalog ? readSource('catalog', database.catalog) : null,
    Promise.all(apps.map((app) => readModels(app, access))),
    readMigrations(apps, access),
    readSource('routes', () => readRoutes([...routes, ...ownRoutes], previous?.routes)),
  ])
  return {
    catalog,
    models: models.map((known) => known?.models ?? noModels),
    views: models.map((known) => known?.views ?? noModels),
    areModelsKnown: models.every((known) => known !== null),
    migrations,
    routes: allRoutes ?? (await readRoutes(ownRoutes, previous?.routes)),
  }
}

/** One list for all apps without models: unchanged lists are recognised by identity. */
const noModels: readonly Model[] = []

async function readModels(
  { label, models: source }: App,
  { database, readSource }: SourceAccess,
): Promise<{ readonly models: readonly Model[]; readonly views: readonly Model[] } | null> {
  if (!source) return { models: noModels, views: noModels }
  return readSource(`models of ${label}`, async () => ({
    models: await source.read(database),
    views: (await source.readViews?.(database)) ?? noModels,
  }))
}

/** Lists the files and reads the history tables at the same time. */
async function readMigrations(
  apps: readonly App[],
  access: SourceAccess,
): Promise<SourceReading[]> {
  const sources = apps.flatMap(({ label, migrations }) =>
    migrations ? [{ label, source: migrations }] : [],
  )
  const reasons = new Map<string, string>()
  const discover = async ({ label, source }: (typeof sources)[number]) => {
    try {
      return await source.discover(label)
    } catch (error) {
      reasons.set(label, describeFailure(error) ?? 'the files could not be listed')
      throw error
    }
  }
  const [histories, discoveries] = await Promise.all([
    readHistoryTables(sources, access),
    Promise.all(
      sources.map((one) => access.readSource(`migrations of ${one.label}`, () => discover(one))),
    ),
  ])
  const unread: HistoryReading = { problem: 'the tables could not be read', isReported: true }
  return sources.map(({ label, source: { tool } }, index) => {
    const discovery = discoveries[index] ?? null
    const reason = reasons.get(label)
    const journal = histories[index] ?? unread
    return { label, tool, discovery, journal, ...(reason === undefined ? {} : { reason }) }
  })
}

async function readHistoryTables(
  sources: readonly { readonly label: string; readonly source: MigrationSource }[],
  { database, readSource, recall, remember }: SourceAccess,
): Promise<readonly HistoryReading[]> {
  if (!database) {
    return sources.map(() => ({ problem: 'no database is configured', isReported: true }))
  }
  const readings = await readSource('applied migrations', () =>
    readHistories(
      sources.map(({ source }) => source),
      database,
    ),
  )
  return (readings ?? []).map((reading, index) => {
    const name = `applied migrations of ${sources[index]?.label}`
    if (!('isTemporary' in reading)) {
      remember(name, reading)
      return reading
    }
    return recall<HistoryReading>(name, reading.problem) ?? { ...reading, isReported: true }
  })
}
