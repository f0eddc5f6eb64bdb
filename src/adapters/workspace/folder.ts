import { join } from 'node:path'
import { type Disk, folderFlags, hasCode } from './disk.ts'

/** A folder of a workspace that is held open, so that a link which takes its place later changes nothing. */
export interface Folder {
  /** Returns the path by which the host reaches an entry of this folder. */
  at(name: string): string
  /** Throws unless an entry that was created is in this folder. Only hosts without `/proc` need the check. */
  verify(name: string): Promise<void>
  /** Writes the entries of the folder to the disk. */
  sync(): Promise<void>
  close(): Promise<void>
}

/** Why a folder could not be opened: there is none, or a link or a file is in the way. */
export type FolderFault = 'missing' | 'refused'

/**
 * Opens a folder below `root`, which is a real path. No part of `path` may be a link. On Linux the entries are reached through
 * the open folder, so that nobody can move it between the check and the use; elsewhere what was created is checked again.
 */
export async function openFolder(
  disk: Disk,
  root: string,
  path: string,
): Promise<Folder | FolderFault> {
  const place = path === '' ? root : join(root, path)
  try {
    const isReal = (await disk.realpath(place)) === place
    if (!isReal || !(await disk.lstat(place)).isDirectory()) return 'refused'
    if (process.platform !== 'linux' || 'Deno' in globalThis) return plainFolder(disk, place)
    const handle = await disk.open(place, folderFlags)
    const throughHandle = `/proc/self/fd/${handle.fd}`
    const real = await disk.readlink(throughHandle).catch(() => null)
    if (real === place) {
      return {
        at: (name: string) => `${throughHandle}/${name}`,
        verify: async () => undefined,
        sync: () => handle.sync().catch(() => undefined), // some file systems cannot
        close: () => handle.close(),
      }
    }
    await handle.close()
    return real === null ? plainFolder(disk, place) : 'refused'
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return 'missing'
    if (hasCode(error, 'ELOOP', 'ENOTDIR')) return 'refused'
    throw error
  }
}

function plainFolder(disk: Disk, place: string): Folder {
  return {
    at: (name) => join(place, name),
    async verify(name) {
      if ((await disk.realpath(join(place, name))) !== join(place, name)) {
        throw Object.assign(new Error('a folder was moved'), { code: 'ELOOP' })
      }
    },
    sync: async () => undefined,
    close: async () => undefined,
  }
}

/** Splits a path of a workspace into its folder, empty for the root, and its name. */
export function splitPath(path: string): { readonly folder: string; readonly name: string } {
  const end = path.lastIndexOf('/')
  return { folder: path.slice(0, Math.max(end, 0)), name: path.slice(end + 1) }
}

/** Runs a task with an open folder. Resolves to the fault when it cannot be opened. */
export async function withFolder<T>(
  disk: Disk,
  { root, path }: { readonly root: string; readonly path: string },
  task: (folder: Folder) => Promise<T>,
): Promise<T | FolderFault> {
  const folder = await openFolder(disk, root, path)
  if (typeof folder === 'string') return folder
  try {
    return await task(folder)
  } finally {
    await folder.close()
  }
}
