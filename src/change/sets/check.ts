import type { Exchange } from '../../http/exchange.ts'
import type { ChangeSet } from '../../records/change.ts'
import type { ChangeWork } from '../module.ts'
import { structureChecksum } from '../schema/catalog-structure.ts'
import type { FileStep, WorkspaceFiles } from '../workspace.ts'
import { readBase } from './propose.ts'
import { conflict } from './state.ts'

const baseNames = {
  rootId: 'the folder of the workspace',
  commit: 'the commit of HEAD',
  schemaChecksum: 'the schema',
  migrationsChecksum: 'the migrations',
  structureChecksum: 'the structure of the database',
} as const

/** @throws StudioError `conflict` when the project is no longer the one that the change set was made for. */
export async function checkBase(
  work: ChangeWork,
  exchange: Exchange,
  { base }: Pick<ChangeSet, 'base'>,
): Promise<void> {
  const hasStructure = base.structureChecksum !== null
  const now = await readBase(work, exchange, { hasStructure })
  const keys = Object.keys(baseNames) as (keyof typeof baseNames)[]
  const changed = keys.filter((key) => now[key] !== base[key]).map((key) => baseNames[key])
  if (changed.length === 0) return
  throw conflict(
    'changed_since_preview',
    `The project has changed since the preview: ${changed.join(', ')}. Preview again`,
    { changed, files: [] },
  )
}

/** @throws StudioError `conflict` that lists the files whose bytes are not those that the steps start from. */
export async function checkHashes(
  workspace: WorkspaceFiles,
  steps: readonly FileStep[],
): Promise<void> {
  const found = await workspace.inspect(steps.map(({ path }) => path))
  const files = steps.flatMap(({ path, from }, index) => {
    const inspection = found[index]
    const isSame = inspection && 'hash' in inspection && inspection.hash === from
    return isSame ? [] : [path]
  })
  if (files.length === 0) return
  throw conflict(
    'changed_since_preview',
    `Files have changed since they were read: ${files.slice(0, 5).join(', ')}`,
    { changed: [], files },
  )
}

/**
 * Says whether an earlier run that failed may have done something that the history does not know: a statement that runs outside of
 * a transaction comes before its row.
 */
export function mayBeHalfDone({ migration, run }: Pick<ChangeSet, 'migration' | 'run'>): boolean {
  return run?.status === 'failed' && migration?.up[0]?.isTransaction === false
}

/** @throws StudioError `conflict` when the migration of a change set has run: its file must stay then. */
export async function checkNotMigrated(
  { introspection }: Pick<ChangeWork, 'introspection'>,
  exchange: Exchange,
  { migration, run, base }: Pick<ChangeSet, 'migration' | 'run' | 'base'>,
): Promise<void> {
  if (!migration) return
  const { migrations, catalog } = await introspection.withScope(exchange, (scope) =>
    scope.snapshot(true),
  )
  const ran = migrations.migrations.filter(
    ({ app, name, state }) =>
      app === migration.app && migration.names.includes(name) && state !== 'pending',
  )
  if (ran.length === 0) {
    if (!mayBeHalfDone({ migration, run })) return
    if (catalog && (await structureChecksum(catalog)) === base.structureChecksum) return
    throw conflict(
      'migration_applied',
      'A part of the migration may have run: run it again, or take it back, before its files go',
      { migrations: [] },
    )
  }
  throw conflict(
    'migration_applied',
    `The migration ${ran.map(({ name }) => name).join(', ')} has run, or it is not known whether it has: undo it with a new migration`,
    { migrations: ran.map(({ name, state }) => ({ name, state })) },
  )
}
