import { StudioError } from '../../errors.ts'
import { isoTime } from '../../lib/clock.ts'
import type { ChangeCommit, ChangeSet } from '../../records/change.ts'
import type { PlanProgress } from '../../records/plan.ts'
import type { ChangeWork } from '../module.ts'
import type { WorkspaceFiles } from '../workspace.ts'
import { describeKept, moveBranch, moveBranchBack } from './branch.ts'
import { clean, undo } from './clean.ts'
import { type HeldChange, hold } from './held.ts'
import { nextState } from './state.ts'
import { directionOf, names, nextPhase, tagsOf, toSteps } from './steps.ts'

/** What a recovery needs; there may be no request. */
export type RecoverWork = Omit<ChangeWork, 'introspection' | 'engineOf' | 'storesOf' | 'changesOf'>

/** More abandoned operations than this are left to the next access. */
const maxRounds = 10

/** Finishes or undoes what a process left half done in the folder of the workspace. */
export async function recoverAbandoned(work: RecoverWork): Promise<void> {
  const { workspace, changes } = work
  if (!(await changes.abandoned(await workspace.identify()))) return
  await workspace.exclusive(() => recoverFolder(work))
}

/**
 * Finishes or undoes what a process left half done in the folder. Call it inside `exclusive`.
 *
 * An operation that has changed no file yet is undone: no request waits for it any more. One that has changed some is finished, if
 * every other file is as it was; else what it changed is taken back.
 */
export async function recoverFolder(work: RecoverWork): Promise<void> {
  const rootId = await work.workspace.identify()
  for (let round = 0; round < maxRounds; round++) {
    const change = await work.changes.abandoned(rootId)
    if (!change) return
    const event = { type: 'recovered', reason: 'A process ended while it wrote files' } as const
    const held = await hold(
      work,
      change,
      nextState(change, work, { phase: nextPhase(change), event }),
    )
    if (!held) return // another process recovers it
    try {
      await recover(work, held)
    } finally {
      held.stop()
    }
  }
}

async function recover(work: RecoverWork, held: HeldChange): Promise<void> {
  const { workspace } = work
  const change = held.change()
  if (change.status === 'migrating') return giveUpMigration(work, held)
  const direction = directionOf(change)
  const { phase } = change
  const hasBegun = phase?.name === 'renaming'
  const mayFinishNow = hasBegun && (await mayFinish(workspace, change))
  // no other process may rename what an earlier attempt wrote
  await clean(workspace, change, direction, [])
  const finished = mayFinishNow ? await finish(work, held) : null
  const isFinishing = finished !== null
  if (hasBegun && !isFinishing) {
    await moveBranchBack(workspace, change, direction)
    await undo(workspace, change, direction)
  }
  const isApply = direction === 'apply'
  const folders = phase?.folders ?? []
  const unused = isFinishing ? (isApply ? [] : change.folders) : folders
  await clean(workspace, change, direction, unused)
  const { done, ended, undone } = names[direction]
  await held.release(
    nextState(change, work, {
      status: isFinishing ? done : (phase?.from ?? 'pending'),
      phase: null,
      folders: isFinishing ? (isApply ? folders : []) : change.folders,
      progress: interrupt(change),
      commit: finished ? finished.commit : change.commit,
      event: finished
        ? { type: ended, reason: describeKept(finished.commit, direction) }
        : { type: undone },
    }),
  )
}

/** The process that applied the plan has ended. */
function interrupt({ progress }: ChangeSet): PlanProgress | null {
  return progress?.status === 'running' ? { ...progress, status: 'interrupted' } : progress
}

/** The database knows what has run. The next attempt leaves that out. */
async function giveUpMigration(work: RecoverWork, held: HeldChange): Promise<void> {
  const message = 'The process ended while the migration ran. Run it again to do the rest'
  const at = isoTime(work.clock.now())
  await held.release(
    nextState(held.change(), work, {
      status: 'applied',
      phase: null,
      run: { status: 'failed', message, drift: [], at },
      progress: interrupt(held.change()),
      event: { type: 'migration_failed', reason: message },
    }),
  )
}

/** Resolves to the commit on the branch, or to null when git refuses it: the files are taken back then. */
async function finish(
  { workspace, onError }: RecoverWork,
  held: HeldChange,
): Promise<{ readonly commit: ChangeCommit | null } | null> {
  const change = held.change()
  const { tag } = tagsOf(change)
  const steps = toSteps(change, directionOf(change))
  const hashes = await workspace.hashes(steps.map(({ path }) => path))
  const left = steps.filter(({ from, to }, index) => hashes[index] === from && from !== to)
  await workspace.stage(tag, left)
  await workspace.settle(tag, left, held.mustHold)
  held.mustHold()
  try {
    return { commit: await moveBranch(workspace, change, directionOf(change)) }
  } catch (error) {
    if (!(error instanceof StudioError)) throw error
    onError(error)
    return null
  }
}

/** True when some files are in their new places and all others are as they were. */
async function mayFinish(workspace: WorkspaceFiles, change: ChangeSet): Promise<boolean> {
  const steps = toSteps(change, directionOf(change))
  const hashes = await workspace.hashes(steps.map(({ path }) => path))
  const isKnown = steps.every(
    ({ from, to }, index) => hashes[index] === from || hashes[index] === to,
  )
  return isKnown && steps.some(({ to }, index) => hashes[index] === to)
}
