import { canonicalJson } from '../../lib/checksum.ts'
import type { Clock } from '../../lib/clock.ts'
import { StudioError } from '../../errors.ts'
import { giveWay, inTurns } from '../../lib/steps/turns.ts'
import { resolveMigrations } from '../../migrations/core/overview.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Database } from '../../project/database.ts'
import type { ColumnsByTable } from '../../project/models/lineage.ts'
import { readSensitiveColumns } from '../../project/postgres/sensitive-columns.ts'
import type { App, Project } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'
import type { StudioTool } from '../model/tool.ts'
import type { Served } from '../module.ts'
import { collectTools } from '../tools/collect.ts'
import type { DatabaseStatus } from '../introspection-answers.ts'
import { toChecksums } from './checksums.ts'
import { findInconsistencies } from './inconsistencies.ts'
import { toSettingsText } from './settings-text.ts'
import { readSources, type SourceContents } from './read-sources.ts'
import { createSourceAccess, type SourceAccess, type SourceMemory } from './source-access.ts'
import { hasSameColumns, hasSameModels, isUnchanged, rememberModels } from './unchanged.ts'
import {
  markGenerated,
  pickModels,
  type SnapshotModels,
  toAppModels,
  toSnapshotModels,
} from './visible-models.ts'

/** What a snapshot is read from. */
interface SnapshotInput {
  readonly project: Project
  readonly database: Database | null
  /** Pings the database, in parallel to the reads: those that wait for an unavailable database are aborted. */
  readonly status: () => Promise<DatabaseStatus>
  /** The routes of Studio itself. */
  readonly ownRoutes: readonly ProjectRoute[]
  readonly served: Served
  /** The settings that their checksum covers. */
  readonly settings: object
  /** The latest snapshot, whose parts are reused where nothing changed. */
  readonly previous: Snapshot | null
  /** Receives failures whose cause is unknown. */
  readonly report: (error: unknown) => void
  /** What the sources returned before. */
  readonly memory: SourceMemory
  readonly clock: Clock
}

/**
 * Reads the project: sources, then what follows from them. Returns `previous` itself if nothing changed, because caches are
 * keyed by the snapshot. Never rejects for a source: one that fails keeps its last known content and adds a problem.
 */
export async function readSnapshot(input: SnapshotInput): Promise<Snapshot> {
  const { project, previous } = input
  const access = createSourceAccess({ ...input, schemas: unionOfSchemas(project.apps) })

  // Read every source.
  const contents = await readSources(project, input.ownRoutes, { access, previous })
  const { catalog } = contents
  const { routes } = contents
  const settings = toSettingsText(input.settings, project.resources)

  // Derive what clients see.
  const { models, unchangedIn, exposure } = await resolveModels(input, contents, access)
  const migrations = resolveMigrations(contents.migrations)
  const tools = await resolveTools({ input, models, routes, settings, unchangedIn }, access)
  const inconsistencies = findInconsistencies(project, models.declaredModels, migrations)
  const problems = [...access.problems, ...inconsistencies].sort()
  const checksums = await toChecksums(
    { models: models.models, migrations: migrations.migrations, routes, settings },
    unchangedIn?.checksums.schema_checksum,
  )

  // Compare with the previous snapshot.
  const snapshot: Snapshot = {
    catalog,
    ...models,
    exposure,
    migrations,
    routes,
    tools,
    checksums,
    problems,
  }
  if (previous && previous === unchangedIn && isUnchanged(previous, snapshot)) return previous
  return rememberModels(snapshot, contents.models)
}

/**
 * Derives the models, or takes those of the previous snapshot if neither they nor their sensitive columns nor the catalog
 * changed; `unchangedIn` is then that snapshot. The exposure is known once all models and the lineage of these very models
 * were read.
 */
async function resolveModels(
  { project, previous, database }: SnapshotInput,
  { models: modelsByApp, views, areModelsKnown, catalog }: SourceContents,
  access: SourceAccess,
): Promise<{
  readonly models: SnapshotModels
  readonly unchangedIn: Snapshot | null
  readonly exposure: Snapshot['exposure']
}> {
  const known = previous && hasSameModels(previous, modelsByApp) ? previous : null
  const declaredModels = known?.declaredModels ?? toAppModels(project.apps, modelsByApp)
  const declaredViews = withoutModels(toAppModels(project.apps, views), declaredModels)
  await giveWay()
  const lineage = await readLineage(declaredModels, declaredViews, access)
  const isOfModels = lineage?.of === declaredModels
  const exposure = areModelsKnown && (database === null || isOfModels) ? 'known' : 'unknown'
  const sensitiveColumns = lineage?.columns ?? null
  if (known && known.catalog === catalog && hasSameColumns(known, sensitiveColumns)) {
    return { models: pickModels(known), unchangedIn: known, exposure }
  }
  await giveWay()
  const filled = markGenerated(declaredModels, catalog)
  await giveWay()
  const declared = { filled, declaredViews, sensitiveColumns }
  const models = await inTurns(toSnapshotModels(project.resources, declaredModels, declared))
  return { models, unchangedIn: null, exposure }
}

/** Leaves out the views that a model declares, because the model decides what clients see of them. */
function withoutModels(views: readonly AppModel[], models: readonly AppModel[]): AppModel[] {
  if (views.length === 0) return []
  const toKey = ({ schema, table }: AppModel) => JSON.stringify([schema ?? 'public', table])
  const declared = new Set(models.map(toKey))
  return views.filter((view) => !declared.has(toKey(view)))
}

/** The sensitive columns, and the models that they were read for. */
interface Lineage {
  readonly of: readonly AppModel[]
  readonly columns: ColumnsByTable
}

/** The lineage by the catalog at which it was read. A catalog stays the same object until anything in any schema changes. */
const lineages = new WeakMap<Catalog, Lineage>()

/** Returns null without a database, and if the lineage could never be read. */
async function readLineage(
  models: readonly AppModel[],
  views: readonly AppModel[],
  { database, status, readSource }: SourceAccess,
): Promise<Lineage | null> {
  if (!database) return null
  return readSource('lineage of columns', async () => {
    const { connected, last_error } = await status()
    if (!connected) throw new StudioError('unavailable', last_error ?? 'no answer')
    const catalog = (await database.catalog?.().catch(() => null)) ?? null
    const known = catalog && lineages.get(catalog)
    if (known?.of === models) return known
    const lineage = {
      of: models,
      columns: await readSensitiveColumns(database, [...models, ...views]),
    }
    if (catalog) lineages.set(catalog, lineage)
    return lineage
  })
}

interface ToolsInput {
  readonly input: SnapshotInput
  readonly models: SnapshotModels
  readonly routes: readonly ProjectRoute[]
  /** As canonical JSON. */
  readonly settings: string
  readonly unchangedIn: Snapshot | null
}

/**
 * Lists the tools, or takes those of the snapshot with the same models, routes and settings. A project whose routes cannot be
 * understood loses its tools, not its snapshot.
 */
async function resolveTools(
  { input: { project, served }, models, routes, settings, unchangedIn }: ToolsInput,
  { readSource }: SourceAccess,
): Promise<readonly StudioTool[]> {
  const basis = `${canonicalJson(served)} ${settings}`
  const known = unchangedIn && unchangedIn.routes === routes ? toolsOf.get(unchangedIn.tools) : null
  if (unchangedIn && known === basis) return unchangedIn.tools
  const tools = await readSource('tools', () =>
    inTurns(collectTools(models, project.routes, served)),
  )
  if (tools) toolsOf.set(tools, basis)
  return tools ?? []
}

/** What a list of tools depends on besides models and routes. */
const toolsOf = new WeakMap<readonly StudioTool[], string>()

/** The schemas of all model sources; null, which means all, if no source limits them or one may declare a table anywhere. */
function unionOfSchemas(apps: readonly App[]): readonly string[] | null {
  const sources = apps.flatMap(({ models }) => models ?? [])
  const isLimited = sources.some(({ schemas = [] }) => schemas.length > 0)
  const isKnown = sources.every(({ schemas, tableSchemas }) => schemas ?? tableSchemas)
  if (!isLimited || !isKnown) return null
  const all = sources.flatMap(({ schemas = [], tableSchemas = [] }) => [
    ...schemas,
    ...tableSchemas,
  ])
  return [...new Set(all)].sort()
}
