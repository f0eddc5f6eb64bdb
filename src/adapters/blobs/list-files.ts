import type { Dirent } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { errorCode } from '../../lib/failures/error-code.ts'
import type { BlobEntry, BlobPage } from '../../storage/blobs/port.ts'

/** A page ends with the folder that fills it. */
const pageSize = 1_000

/**
 * Lists the files whose paths below a folder begin with a prefix, folder by folder. `after` is the path of the last folder
 * that was listed.
 */
export async function listFiles(
  root: string,
  prefix: string,
  after: string | null,
): Promise<BlobPage> {
  const folders = prefix.split('/').slice(0, -1)
  // the folder of one run is listed without a look at all others
  if (folders.length > 1) return { items: await filesIn(root, folders.join('/')), next: null }
  const [top = ''] = folders
  const items: BlobEntry[] = []
  for (const entry of await entriesIn(join(root, top))) {
    const path = `${top}/${entry.name}`
    if (after !== null && path <= after) continue
    items.push(...(entry.isDirectory() ? await filesIn(root, path) : await readEntry(root, path)))
    if (items.length >= pageSize) return { items, next: path }
  }
  return { items, next: null }
}

async function filesIn(root: string, folder: string): Promise<BlobEntry[]> {
  const items: BlobEntry[] = []
  for (const { name } of await entriesIn(join(root, folder))) {
    items.push(...(await readEntry(root, `${folder}/${name}`)))
  }
  return items
}

/** Reads when a file was written; it may be deleted meanwhile. */
async function readEntry(root: string, key: string): Promise<BlobEntry[]> {
  const status = await stat(join(root, key)).catch(() => null)
  return status?.isFile() ? [{ key, writtenAt: status.mtimeMs }] : []
}

/** The names in a folder, in order; none where there is no folder. */
async function entriesIn(folder: string): Promise<Dirent[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (['ENOENT', 'ENOTDIR'].includes(errorCode(error))) return []
    throw error
  })
  return entries.sort((a, b) => (a.name < b.name ? -1 : 1))
}
