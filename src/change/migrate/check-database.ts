import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { Snapshot } from '../../introspection/model/snapshot.ts'
import { countOf } from '../../lib/text.ts'
import type { ChangeSet } from '../../records/change.ts'
import { checkReadable } from '../codegen/migrated-app.ts'
import type { ChangeWork } from '../module.ts'
import { structureChecksum } from '../schema/catalog-structure.ts'
import { checkHashes, mayBeHalfDone } from '../sets/check.ts'
import { toSteps } from '../sets/steps.ts'
import { conflict } from '../sets/state.ts'

/** A change set whose migration runs, and which way. */
interface Subject {
  readonly change: ChangeSet
  readonly direction: 'up' | 'down'
}

/** What the database says after a migration. */
export interface Verdict {
  /** True if the history of the tool has all migrations, or none after the way back. */
  readonly isDone: boolean
  /** Where the database differs from what was predicted. */
  readonly drift: readonly string[]
  /** Why it is not done. */
  readonly reason: string
}

/**
 * Checks that the migration would do what was shown: its files have the bytes that were applied, nothing else waits to be run,
 * and the database is the one it was computed from.
 *
 * @throws StudioError `conflict` when something has changed, `unavailable` when the database cannot be read.
 */
export async function checkDatabase(
  work: ChangeWork,
  exchange: Exchange,
  { change, direction }: Subject,
): Promise<void> {
  await checkHashes(work.workspace, toSteps(change, 'rollback'))
  const snapshot = await readFresh(work, exchange)
  const { states, others } = findMigrations(snapshot, change)
  checkReadable(others, { label: change.migration?.app ?? '' })
  if (direction === 'down' || states.some(isApplied) || mayBeHalfDone(change)) return
  const found = await structureChecksum(requireCatalog(snapshot))
  if (found === change.base.structureChecksum) return
  throw conflict(
    'changed_since_preview',
    'The structure of the database has changed since the preview. Preview again',
    { changed: ['the structure of the database'], files: [] },
  )
}

/** Reads what a migration has done. @throws StudioError `unavailable` when the database cannot be read. */
export async function judge(
  work: ChangeWork,
  exchange: Exchange,
  { change, direction }: Subject,
): Promise<Verdict> {
  const snapshot = await readFresh(work, exchange)
  const { states } = findMigrations(snapshot, change)
  const ran = states.filter(isApplied).length
  const isDone = direction === 'up' ? ran === states.length : ran === 0
  const reason = `the history of the tool has ${ran} of ${countOf(states.length, 'migration')}`
  if (!isDone) return { isDone, drift: [], reason }
  const catalog = requireCatalog(snapshot)
  const expected =
    direction === 'up' ? change.migration?.structureAfter : change.base.structureChecksum
  if ((await structureChecksum(catalog)) === expected) return { isDone, drift: [], reason }
  return { isDone, drift: ['The structure of the database differs from the predicted one'], reason }
}

function readFresh({ introspection }: ChangeWork, exchange: Exchange): Promise<Snapshot> {
  return introspection.withScope(exchange, (scope) => scope.snapshot(true))
}

function requireCatalog({ catalog }: Pick<Snapshot, 'catalog'>) {
  if (catalog) return catalog
  throw new StudioError('unavailable', 'The catalog of the database could not be read')
}

/** The states of the migrations of a change set, and a view of the project without them. */
function findMigrations(snapshot: Snapshot, { migration }: ChangeSet) {
  const isOwn = ({ app, name }: { readonly app: string; readonly name: string }) =>
    app === migration?.app && migration.names.includes(name)
  const all = snapshot.migrations.migrations
  const states = (migration?.names ?? []).map(
    (name) => all.find((one) => isOwn(one) && one.name === name)?.state ?? 'unknown',
  )
  const others = {
    problems: snapshot.problems,
    migrations: { ...snapshot.migrations, migrations: all.filter((one) => !isOwn(one)) },
  }
  return { states, others }
}

function isApplied(state: string): boolean {
  return state === 'applied' || state === 'modified'
}
