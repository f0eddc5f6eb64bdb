import type { Exchange } from '../../http/exchange.ts'
import { StudioError } from '../../errors.ts'
import type { ChangeCommit, ChangeSet } from '../../records/change.ts'
import type { PlanProgress } from '../../records/plan.ts'
import type { ChangeWork } from '../module.ts'
import { describeKept, moveBranch, moveBranchBack, writeCommit } from './branch.ts'
import { checkBase, checkHashes, checkNotMigrated } from './check.ts'
import { clean, undo } from './clean.ts'
import { type HeldChange, hold } from './held.ts'
import { recoverFolder } from './recover.ts'
import { callerOf, conflict, nextState } from './state.ts'
import { type OperationKind, names, nextPhase, tagsOf, toSteps } from './steps.ts'

/** One operation on the files of a change set, in progress. */
interface Operation extends ChangeWork {
  readonly exchange: Exchange
  readonly held: HeldChange
  readonly direction: OperationKind
}

/**
 * Applies a change set or rolls it back, under the lock of its folder: checks everything, writes the texts beside their places,
 * notes in the journal that files will be renamed, and renames each. All files change or none
 * (docs/decisions/178-files-are-renamed-into-place.md).
 *
 * @throws StudioError `conflict` when the project has changed or the folder is in use, `unavailable` when it cannot be written.
 */
export function operate(
  work: ChangeWork,
  exchange: Exchange,
  {
    direction,
    admit,
    progress,
  }: {
    readonly direction: OperationKind
    /** That of the plan that begins with it. */
    readonly progress?: PlanProgress
    /** Reads the change set again under the lock, and throws if it may not be done. */
    readonly admit: () => Promise<ChangeSet>
  },
): Promise<ChangeSet> {
  return work.workspace.exclusive(async () => {
    await recoverFolder(work)
    const change = await admit()
    // noted before they are created, so that a process that ends then leaves none behind
    const folders = await work.workspace.missing(toSteps(change, direction))
    const held = await hold(
      work,
      change,
      nextState(change, work, {
        status: names[direction].open,
        phase: nextPhase(change, folders),
        ...(progress ? { progress } : {}),
        event: [...(progress ? ['plan_started' as const] : []), names[direction].started].map(
          (type) => ({ type, by: callerOf(exchange) }),
        ),
      }),
    )
    if (!held) {
      await admit() // says what has happened to it in the meantime
      throw conflict('busy', 'Another change set of this workspace is being written')
    }
    const operation = { ...work, exchange, held, direction }
    try {
      await prepare(operation)
      return await settle(operation)
    } finally {
      held.stop()
    }
  })
}

/** Checks everything and writes the texts beside their places. No file of the project has changed when it fails. */
async function prepare(operation: Operation): Promise<void> {
  const { workspace, exchange, held, direction } = operation
  const change = held.change()
  const steps = toSteps(change, direction)
  let commit: ChangeCommit | null = null
  try {
    if (direction === 'apply') await checkBase(operation, exchange, change)
    else await checkNotMigrated(operation, exchange, change)
    await checkHashes(workspace, steps)
    if (direction === 'apply') commit = await writeCommit(workspace, change)
    held.mustHold()
    await workspace.stage(tagsOf(change).tag, steps)
  } catch (error) {
    await giveBack(operation, error)
    throw error
  }
  const phase = change.phase && { ...change.phase, name: 'renaming' as const, commit }
  await held.keep(nextState(change, operation, { phase }))
}

async function settle(operation: Operation): Promise<ChangeSet> {
  const { workspace, exchange, held, direction } = operation
  const change = held.change()
  const folders = change.phase?.folders ?? []
  let commit: ChangeCommit | null
  try {
    await workspace.settle(tagsOf(change).tag, toSteps(change, direction), held.mustHold)
    held.mustHold()
    commit = await moveBranch(workspace, change, direction)
  } catch (error) {
    held.mustHold() // else the process that has taken over finishes or undoes it
    await moveBranchBack(workspace, change, direction)
    await undo(workspace, change, direction)
    await giveBack(operation, error)
    throw error
  }
  await clean(workspace, change, direction, direction === 'apply' ? [] : change.folders)
  return held.release(
    nextState(change, operation, {
      status: names[direction].done,
      phase: null,
      folders: direction === 'apply' ? folders : [],
      commit,
      event: {
        type: names[direction].ended,
        by: callerOf(exchange),
        reason: describeKept(commit, direction),
      },
    }),
  )
}

/** Removes what was staged, and returns the change set to the status that it had. */
async function giveBack(operation: Operation, error: unknown): Promise<void> {
  const { workspace, held, direction } = operation
  const change = held.change()
  await clean(workspace, change, direction, change.phase?.folders ?? [])
  const reason = error instanceof StudioError ? error.message : 'The files could not be written'
  await held.release(
    nextState(change, operation, {
      status: change.phase?.from ?? 'pending',
      phase: null,
      event: { type: names[direction].undone, reason },
    }),
  )
}
