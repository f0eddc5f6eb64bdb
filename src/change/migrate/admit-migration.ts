import type { Exchange } from '../../http/exchange.ts'
import type { ChangeMigration, ChangeSet, MigrationRun } from '../../records/change.ts'
import type { ChangeWork } from '../module.ts'
import { refuseOtherDigest } from '../sets/admit.ts'
import { requireChange } from '../sets/propose.ts'
import { conflict } from '../sets/state.ts'

/** Which migration is to run. */
export interface MigrationRequest {
  readonly id: string
  readonly digest: string
  readonly direction: 'up' | 'down'
}

/**
 * Reads a change set whose migration is to run.
 *
 * @throws StudioError `not_found`, or `conflict` when it may not run: another digest was shown, its files are not applied, it has
 *   run already, or the migrator cannot run it.
 */
export async function admitMigration(
  work: ChangeWork,
  exchange: Exchange,
  { id, digest, direction }: MigrationRequest,
): Promise<{ readonly change: ChangeSet; readonly migration: ChangeMigration }> {
  const change = await requireChange(work, exchange, id)
  const { migration, status, run } = change
  refuseOtherDigest(change, digest)
  if (!migration) throw conflict('no_migration', 'The change set has no migration')
  if (status !== 'applied') {
    throw conflict(status, 'The files of the change set must be applied first')
  }
  const { migrator } = work
  const { tool } = migration
  if (!migrator?.tools.includes(tool)) {
    throw conflict('tool_unsupported', `Studio does not run migrations of ${tool}; use the tool`)
  }
  if (direction === 'up') refuseUp(run)
  else if (!migration.down || !migrator.down) {
    throw conflict('irreversible', 'The migration cannot be taken back; write another one')
  } else refuseDown(run)
  return { change, migration }
}

function refuseUp(run: MigrationRun | null): void {
  if (run?.status !== 'migrated' && run?.status !== 'drifted') return
  throw conflict('migrated', 'The migration has run already')
}

function refuseDown(run: MigrationRun | null): void {
  if (run && run.status !== 'reverted') return
  throw conflict('not_migrated', 'Studio has not run the migration')
}
