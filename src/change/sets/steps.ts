import type { ChangeEvent, ChangePhase, ChangeSet, ChangeStatus } from '../../records/change.ts'
import type { FileStep } from '../workspace.ts'

/** Which way an operation takes the files. */
export type OperationKind = 'apply' | 'rollback'

/** What an operation is called in the state of a change set and in its events. */
export const names: Readonly<
  Record<
    OperationKind,
    {
      readonly open: ChangeStatus
      readonly done: ChangeStatus
      readonly started: ChangeEvent['type']
      readonly ended: ChangeEvent['type']
      readonly undone: ChangeEvent['type']
    }
  >
> = {
  apply: {
    open: 'applying',
    done: 'applied',
    started: 'apply_started',
    ended: 'applied',
    undone: 'apply_undone',
  },
  rollback: {
    open: 'rolling_back',
    done: 'rolled_back',
    started: 'rollback_started',
    ended: 'rolled_back',
    undone: 'rollback_undone',
  },
}

/** Returns the operation that an open change set is in. */
export function directionOf({ status }: Pick<ChangeSet, 'status'>): OperationKind {
  return status === 'rolling_back' ? 'rollback' : 'apply'
}

/** Returns the steps that write a change set, or that restore what was there. */
export function toSteps({ files, texts }: ChangeSet, direction: OperationKind): FileStep[] {
  return files.map(({ path, before, after }, index) => {
    const { original = null, content = null } = texts[index] ?? {}
    return direction === 'apply'
      ? { path, from: before, to: after, content }
      : { path, from: after, to: before, content: original }
  })
}

/** Returns the steps that undo these. */
export function reverse(change: ChangeSet, direction: OperationKind): FileStep[] {
  return toSteps(change, direction === 'apply' ? 'rollback' : 'apply')
}

/** Returns the phase of a new attempt, which knows the temporary files of all earlier ones. */
export function nextPhase(
  change: Pick<ChangeSet, 'id' | 'phase' | 'status' | 'version'>,
  created: readonly string[] = [],
): ChangePhase {
  const tag = `${change.id}-${change.version}`
  const {
    name = 'checking',
    tags = [],
    folders = created,
    from = change.status,
  } = change.phase ?? {}
  const commit = change.phase?.commit ?? null // rows of earlier versions have none
  return { name, tags: [...tags, tag, `${tag}-undo`], folders, from, commit }
}

/** Returns the tags of the present attempt. */
export function tagsOf({ phase }: Pick<ChangeSet, 'phase'>): {
  readonly tag: string
  readonly undoTag: string
} {
  const [tag, undoTag] = phase?.tags.slice(-2) ?? []
  if (tag === undefined || undoTag === undefined) throw new Error('an open change set has tags')
  return { tag, undoTag }
}
