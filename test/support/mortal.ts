import { createNodeFiles } from '../../src/adapters/workspace/node-workspace.ts'
import { type Disk, hostDisk } from '../../src/adapters/workspace/disk.ts'
import { createWorkspace } from '../../src/change/serve-changes.ts'
import type { ChangeStore, Stores, Workspace } from '../../src/index.ts'

const writes = ['mkdir', 'open', 'link', 'rename', 'unlink', 'rmdir', 'create', 'update']
const branchWrites = ['write', 'create', 'remove']

/** Counts the steps of a process that write, and calls `onStep` before each. */
export interface Steps {
  onStep(name: string): void
}

/** Makes a workspace and stores whose steps can be watched, or made to fail. */
export function watchedParts(
  {
    root,
    stores,
    changes,
    commit = false,
  }: { root: string; stores: Stores; changes: ChangeStore; commit?: boolean },
  steps: Steps,
): { readonly workspace: Workspace; readonly stores: Stores } {
  const disk = watch<Disk>(hostDisk, steps)
  const options = { root, write: ['src/**', 'db/**'], name: 'test', commit }
  const files = createNodeFiles(options, disk)
  const branches = watch(files.branches, steps, branchWrites)
  return {
    workspace: createWorkspace({ ...files, branches }),
    stores: { ...stores, kind: 'watched', changes: watch(changes, steps) },
  }
}

function watch<Target extends object>(target: Target, steps: Steps, names = writes): Target {
  return new Proxy(target, {
    get(from, name, receiver) {
      const method: unknown = Reflect.get(from, name, receiver)
      if (typeof method !== 'function') return method
      return async (...given: unknown[]) => {
        // an open without a mode is one for reading
        const isWrite = names.includes(String(name)) && (name !== 'open' || given.length > 2)
        if (isWrite) steps.onStep(String(name))
        return (await Reflect.apply(method, from, given)) as unknown
      }
    },
  })
}
