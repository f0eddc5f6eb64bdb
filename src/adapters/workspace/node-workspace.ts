import { createHash } from 'node:crypto'
import { hostname } from 'node:os'
import { isAbsolute, resolve } from 'node:path'
import { findPathFault } from '../../change/paths/names.ts'
import { toPathTest } from '../../change/paths/globs.ts'
import { createWorkspace } from '../../change/serve-changes.ts'
import type { Workspace, WorkspaceFiles } from '../../change/workspace.ts'
import { StudioError } from '../../errors.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { type CommitAuthor, createBranches, toAuthor } from './branches.ts'
import { type Disk, explainDiskError, hasCode, hostDisk } from './disk.ts'
import { splitPath, withFolder } from './folder.ts'
import { readCommit } from './git.ts'
import { inspectPaths } from './inspect.ts'
import { placeOf } from './place.ts'
import { hashOfEntry, readEntry } from './read.ts'
import { createTypeChecker, toConfigPath } from './typescript/checker.ts'
import { clearAll, findMissingFolders, settleStep, stageAll } from './staging.ts'

/** Which folder change sets may write into, and which of its files. */
export interface NodeWorkspaceOptions {
  /** The folder of the project. A relative path counts from the working folder of the process. */
  readonly root: string
  /**
   * Patterns of the files that change sets may write, such as `src/models/**`; `*` is a name, `**` any folders. Dot files,
   * `node_modules`, `package.json`, lock files, secrets and what git ignores are refused in any case. @default [] none
   */
  readonly write?: readonly string[]
  /** Tells this folder from those of other machines that share the stores. @default the name of the host */
  readonly name?: string
  /**
   * Records each change set that is applied as a commit on a new branch `studio/<id>`, on top of HEAD; `{ name, email }` names the
   * author. HEAD, the index and the checkout stay as they are, no hook runs, nothing is signed or pushed. Change sets are refused
   * where the folder is in no git repository with a commit, and for files with changes that are not committed. A rollback deletes
   * the branch, unless others have moved it or have it checked out. @default false
   */
  readonly commit?: boolean | CommitAuthor
  /**
   * Checks the types of what change sets would write, with the TypeScript that the project has installed: `true` for
   * `tsconfig.json`, or the path of another one below the root. Previews then take as long as `tsc` does, at most 60 seconds;
   * `proof.types` lists the errors that a change brings. It runs TypeScript, but no code or plugin of the project. @default false
   */
  readonly types?: boolean | string
}

const knownOptions: KnownKeys<NodeWorkspaceOptions> = {
  root: true,
  write: true,
  name: true,
  commit: true,
  types: true,
}

const maxWaiting = 20

/** The last task of each folder, and how many wait. Several studios of a process may have the same folder. */
const queues = new Map<string, { last: Promise<unknown>; waiting: number }>()

/**
 * Lets change sets write files below a folder, on Node, Bun and Deno. Nothing is read before the first request that needs it. It
 * asks `git` which files are ignored, if the folder is in a repository, and runs no code of the project.
 *
 * @throws TypeError for a pattern that is not one of paths below the folder.
 * @example
 * new Studio(agents, { workspace: nodeWorkspace({ root: '.', write: ['src/models/**'] }), allow: ['ai_patch'] })
 */
export function nodeWorkspace(options: NodeWorkspaceOptions): Workspace {
  return createWorkspace(createNodeFiles(options, hostDisk))
}

/** Reads and writes the files of a workspace on any file system. */
export function createNodeFiles(options: NodeWorkspaceOptions, disk: Disk): WorkspaceFiles {
  refuseUnknownKeys('nodeWorkspace', options, knownOptions, { globs: 'write', allow: 'write' })
  const { root, write = [], name = hostname(), commit, types } = options
  if (typeof root !== 'string' || root === '') throw new TypeError('nodeWorkspace needs a root')
  const isAllowed = toPathTest(write)
  const folder = isAbsolute(root) ? root : resolve(root)
  const config = toConfigPath(types, (path) => findPathFault(path) === null)
  const site = async () => ({ disk, root: await realRoot(disk, folder), isAllowed })
  return {
    async identify() {
      return createHash('sha256')
        .update(JSON.stringify([name, (await site()).root]))
        .digest('hex')
    },
    place: async (folder) => placeOf(disk, (await site()).root, folder),
    commit: async () => readCommit((await site()).root),
    branches: createBranches(async () => (await site()).root, toAuthor(commit)),
    checkTypes: config === null ? null : createTypeChecker(async () => (await site()).root, config),
    inspect: (paths) => explained(async () => inspectPaths(await site(), paths)),
    hashes: (paths) =>
      explained(async () => {
        const place = await site()
        const hashes: (string | null | undefined)[] = []
        for (const path of paths) hashes.push(await readHash(place, path))
        return hashes
      }),
    exclusive: async (task) => inTurn((await site()).root, task),
    stage: (tag, steps) =>
      explained(async () => {
        const place = await site()
        const folders = await findMissingFolders(place, steps)
        try {
          await stageAll(place, tag, steps)
        } catch (error) {
          await clearAll(place, tag, steps, folders)
          throw error
        }
      }),
    missing: (steps) => explained(async () => findMissingFolders(await site(), steps)),
    settle: (tag, steps, mayGoOn) =>
      explained(async () => {
        const place = await site()
        for (const [index, step] of steps.entries()) {
          mayGoOn()
          await settleStep(place, { tag, index, step })
        }
      }),
    clear: (tag, steps, folders) =>
      explained(async () => clearAll(await site(), tag, steps, folders)),
  }
}

async function readHash(
  { disk, root }: { readonly disk: Disk; readonly root: string },
  path: string,
): Promise<string | null | undefined> {
  if (findPathFault(path) !== null) return undefined
  const { folder, name } = splitPath(path)
  const found = await withFolder(disk, { root, path: folder }, async (opened) => ({
    hash: hashOfEntry(await readEntry(disk, opened, name)),
  }))
  if (typeof found === 'object') return found.hash
  return found === 'missing' ? null : undefined
}

async function realRoot(disk: Disk, folder: string): Promise<string> {
  try {
    return await disk.realpath(folder)
  } catch (error) {
    if (!hasCode(error, 'ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP')) throw error
    throw new StudioError('unavailable', 'The folder of the workspace cannot be read', {
      cause: error,
    })
  }
}

async function explained<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task()
  } catch (error) {
    throw explainDiskError(error)
  }
}

async function inTurn<T>(root: string, task: () => Promise<T>): Promise<T> {
  const queue = queues.get(root) ?? { last: Promise.resolve(), waiting: 0 }
  if (queue.waiting >= maxWaiting) {
    throw new StudioError('unavailable', 'Too many changes wait for the workspace', {
      headers: { 'retry-after': '1' },
    })
  }
  queues.set(root, queue)
  queue.waiting++
  const turn = queue.last.then(task, task)
  queue.last = turn.catch(() => undefined)
  try {
    return await turn
  } finally {
    if (--queue.waiting === 0) queues.delete(root)
  }
}
