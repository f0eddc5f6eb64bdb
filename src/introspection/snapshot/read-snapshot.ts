import type { Clock } from '../../lib/clock.ts'
import { StudioError } from '../../errors.ts'
import { resolveMigrations } from '../../migrations/core/overview.ts'
import type { Database } from '../../project/database.ts'
import type { ColumnsByTable } from '../../project/models/lineage.ts'
import { readSensitiveColumns } from '../../project/postgres/sensitive-columns.ts'
import type { App, Project } from '../../project/project.ts'
import type { ProjectRoute } from '../../project/routes.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'
import type { StudioTool } from '../model/tool.ts'
import type { Served } from '../module.ts'
import { collectTools } from '../tools/collect.ts'
import type { DatabaseStatus } from '../wire.ts'
import { toChecksums } from './checksums.ts'
import { findInconsistencies } from './inconsistencies.ts'
import { readSources, type SourceContents } from './read-sources.ts'
import { createSourceAccess, type SourceAccess, type SourceMemory } from './source-access.ts'
import { hasSameColumns, hasSameModels, isUnchanged, rememberModels } from './unchanged.ts'
import { pickModels, type SnapshotModels, toAppModels, toSnapshotModels } from './visible-models.ts'

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
  const contents = await readSources(project, input.ownRoutes, access)
  const { catalog, routes } = contents

  // Derive what clients see.
  const { models, unchangedIn } = await resolveModels(input, contents, access)
  const migrations = resolveMigrations(contents.migrations)
  const tools = await resolveTools(input, models, access)
  const inconsistencies = findInconsistencies(project, models.declaredModels, migrations)
  const problems = [...access.problems, ...inconsistencies].sort()
  const checksums = await toChecksums(
    { models: models.models, migrations: migrations.migrations, routes, settings: input.settings },
    unchangedIn?.checksums.schema_checksum,
  )

  // Compare with the previous snapshot.
  const exposure = isExposureKnown(input, contents, models) ? 'known' : 'unknown'
  const snapshot = {
    catalog,
    ...models,
    exposure,
    migrations,
    routes,
    tools,
    checksums,
    problems,
  } as const
  if (previous && previous === unchangedIn && isUnchanged(previous, snapshot)) return previous
  return rememberModels(snapshot, contents.models)
}

/** True once the models and what is derived from their sensitive columns were read. */
function isExposureKnown(
  { database }: SnapshotInput,
  { areModelsKnown }: SourceContents,
  { sensitiveColumns }: SnapshotModels,
): boolean {
  return areModelsKnown && (database === null || sensitiveColumns !== null)
}

/**
 * Derives the models, or takes those of the previous snapshot if neither they nor their sensitive columns changed;
 * `unchangedIn` is then that snapshot.
 */
async function resolveModels(
  { project, previous }: SnapshotInput,
  { models: modelsByApp }: SourceContents,
  access: SourceAccess,
): Promise<{ readonly models: SnapshotModels; readonly unchangedIn: Snapshot | null }> {
  const known = previous && hasSameModels(previous, modelsByApp) ? previous : null
  const declaredModels = known?.declaredModels ?? toAppModels(project.apps, modelsByApp)
  // Read each time: a view in a schema that no source reads can make a column sensitive.
  const sensitiveColumns = await resolveSensitive(declaredModels, access)
  if (known && hasSameColumns(known, sensitiveColumns)) {
    return { models: pickModels(known), unchangedIn: known }
  }
  const models = toSnapshotModels(project.resources, declaredModels, sensitiveColumns)
  return { models, unchangedIn: null }
}

/** Returns null without a database, and if the lineage could never be read. */
async function resolveSensitive(
  models: readonly AppModel[],
  { database, status, readSource }: SourceAccess,
): Promise<ColumnsByTable | null> {
  if (!database) return null
  return readSource('lineage of columns', async () => {
    const { connected, last_error } = await status()
    if (!connected) throw new StudioError('unavailable', last_error ?? 'no answer')
    return readSensitiveColumns(database, models)
  })
}

/** A project whose routes cannot be understood loses its tools, not its snapshot. */
async function resolveTools(
  { project, served }: SnapshotInput,
  models: SnapshotModels,
  { readSource }: SourceAccess,
): Promise<readonly StudioTool[]> {
  const tools = await readSource('tools', async () => collectTools(models, project.routes, served))
  return tools ?? []
}

/** The schemas that model sources name; null, which means all, if none is named. */
function unionOfSchemas(apps: readonly App[]): readonly string[] | null {
  const named = apps.flatMap(({ models }) => models?.schemas ?? [])
  return named.length > 0 ? [...new Set(named)].sort() : null
}
