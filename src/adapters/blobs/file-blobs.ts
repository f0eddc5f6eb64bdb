import { randomUUID } from 'node:crypto'
import * as disk from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import { errorCode } from '../../lib/failures/error-code.ts'
import { blobsUnavailable } from '../../storage/blobs/failures.ts'
import { checkKey } from '../../storage/blobs/keys.ts'
import type { Blobs } from '../../storage/blobs/port.ts'
import { listFiles } from './list-files.ts'

/** The functions of `node:fs/promises` that write. */
export type WritingDisk = Pick<typeof disk, 'open' | 'mkdir' | 'rename' | 'unlink'>

/** Where files are while they are written. No key begins with a dot. */
const draftsFolder = '.drafts'

/** A draft that is older than this belongs to a process that ended while it wrote. */
const draftMs = 86_400_000

/**
 * Creates blobs in a folder, which is created when it is missing. A file is written beside its place, flushed and renamed, so
 * that no reader sees half of it and a crash of the machine loses none. Several machines need a folder that they share.
 *
 * @example
 * const stores = blobStores(postgresStores(sql), fileBlobs('/var/lib/studio'))
 */
export function fileBlobs(folder: string): Blobs {
  return createFileBlobs(folder, disk)
}

/** Creates the same blobs with other functions that write. */
export function createFileBlobs(folder: string, writing: WritingDisk): Blobs {
  const root = resolve(folder)
  const placeOf = (key: string) => join(root, ...checkKey(key).split('/'))
  return {
    put: (key, bytes, signal) =>
      safely(async () => {
        await writeFile(writing, { root, place: placeOf(key), bytes, signal })
      }),
    get: (key, signal) =>
      safely(async () => {
        const read = disk.readFile(placeOf(key), signal ? { signal } : {})
        const bytes = await read.catch(nullIfMissing)
        return bytes && new Uint8Array(bytes)
      }),
    delete: (keys) =>
      safely(async () => {
        for (const key of keys) {
          const place = placeOf(key)
          await disk.unlink(place).catch(nullIfMissing)
          await disk.rmdir(dirname(place)).catch(() => undefined) // others are in it, or nothing is left
        }
      }),
    list: (prefix, after) =>
      safely(async () => {
        if (prefix.indexOf('/') === prefix.length - 1)
          await deleteOldDrafts(join(root, draftsFolder))
        return listFiles(root, prefix, after)
      }),
  }
}

interface Writing {
  readonly root: string
  readonly place: string
  readonly bytes: Uint8Array
  readonly signal: AbortSignal | undefined
}

async function writeFile(
  writing: WritingDisk,
  { root, place, bytes, signal }: Writing,
): Promise<void> {
  const drafts = join(root, draftsFolder)
  await writing.mkdir(drafts, { recursive: true })
  const draft = join(drafts, randomUUID())
  try {
    const file = await writing.open(draft, 'wx', 0o600)
    try {
      await file.writeFile(bytes, signal ? { signal } : {})
      await file.sync()
    } finally {
      await file.close()
    }
    signal?.throwIfAborted()
    await moveInto(writing, draft, place)
  } catch (error) {
    await writing.unlink(draft).catch(() => undefined)
    throw error
  }
}

/** A folder that is empty may be deleted between its creation and the rename. */
const mostMoves = 5

async function moveInto(writing: WritingDisk, draft: string, place: string): Promise<void> {
  const folder = dirname(place)
  for (let attempt = 1; ; attempt++) {
    const created = await writing.mkdir(folder, { recursive: true })
    try {
      await writing.rename(draft, place)
    } catch (error) {
      if (errorCode(error) !== 'ENOENT' || attempt === mostMoves) throw error
      continue
    }
    await flushFolder(folder)
    if (created !== undefined) await flushFolder(dirname(folder))
    return
  }
}

/** Makes the names in a folder durable. Windows cannot open a folder, and does it by itself. */
async function flushFolder(folder: string): Promise<void> {
  const handle = await disk.open(folder, 'r').catch(() => null)
  try {
    await handle?.sync().catch(() => undefined)
  } finally {
    await handle?.close()
  }
}

async function deleteOldDrafts(drafts: string): Promise<void> {
  for (const name of await disk.readdir(drafts).catch(() => [])) {
    const draft = join(drafts, name)
    const status = await disk.stat(draft).catch(() => null)
    if (status && Date.now() - status.mtimeMs > draftMs)
      await disk.unlink(draft).catch(() => undefined)
  }
}

function nullIfMissing(error: unknown): null {
  if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errorCode(error))) return null
  throw error
}

/** The message of a system error has the path in it, so that it goes no further than the cause. */
async function safely<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof TypeError) throw error
    const isFull = ['ENOSPC', 'EDQUOT'].includes(errorCode(error))
    throw blobsUnavailable(
      isFull ? 'The disk of the blobs is full' : 'The folder of the blobs cannot be used',
      error,
    )
  }
}
