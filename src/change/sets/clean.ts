import type { ChangeSet } from '../../records/change.ts'
import type { WorkspaceFiles } from '../workspace.ts'
import { type OperationKind, reverse, tagsOf, toSteps } from './steps.ts'

/** Removes the temporary files of all attempts, and those of these folders that are empty. */
export async function clean(
  workspace: WorkspaceFiles,
  change: ChangeSet,
  direction: OperationKind,
  folders: readonly string[],
): Promise<void> {
  const steps = toSteps(change, direction)
  for (const tag of change.phase?.tags ?? []) await workspace.clear(tag, steps, [])
  await workspace.clear('', [], folders)
}

/** Takes the files that are in their new places back to what they were; all others are left as they are. */
export async function undo(
  workspace: WorkspaceFiles,
  change: ChangeSet,
  direction: OperationKind,
): Promise<void> {
  const { undoTag } = tagsOf(change)
  const back = reverse(change, direction)
  const hashes = await workspace.hashes(back.map(({ path }) => path))
  const moved = back.filter(({ from }, index) => hashes[index] === from)
  await workspace.stage(undoTag, moved)
  await workspace.settle(undoTag, moved, () => undefined)
}
