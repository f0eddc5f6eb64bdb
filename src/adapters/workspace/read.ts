import { createHash } from 'node:crypto'
import { maxFileBytes } from '../../change/workspace.ts'
import { type Disk, hasCode, readFlags } from './disk.ts'
import type { Folder } from './folder.ts'

/** What stands at a name: nothing, a file with its bytes, a file that is too large, or anything else, such as a link. */
export type Entry =
  | { readonly kind: 'none' }
  | { readonly kind: 'large' }
  | { readonly kind: 'other' }
  | { readonly kind: 'file'; readonly bytes: Buffer; readonly hash: string; readonly mode: number }

/** Reads an entry of a folder. It never follows a link and never waits for a pipe. */
export async function readEntry(disk: Disk, folder: Folder, name: string): Promise<Entry> {
  try {
    const found = await disk.lstat(folder.at(name))
    if (!found.isFile()) return { kind: 'other' }
    const handle = await disk.open(folder.at(name), readFlags)
    try {
      const stat = await handle.stat()
      if (!stat.isFile()) return { kind: 'other' }
      if (stat.size > maxFileBytes) return { kind: 'large' }
      const buffer = Buffer.alloc(maxFileBytes + 1)
      let length = 0
      for (;;) {
        const { bytesRead } = await handle.read(buffer, length, buffer.length - length, length)
        length += bytesRead
        if (length > maxFileBytes) return { kind: 'large' } // it has grown in the meantime
        if (bytesRead === 0) break
      }
      const bytes = buffer.subarray(0, length)
      return { kind: 'file', bytes, hash: hashBytes(bytes), mode: stat.mode & 0o777 }
    } finally {
      await handle.close()
    }
  } catch (error) {
    if (hasCode(error, 'ENOENT')) return { kind: 'none' }
    if (hasCode(error, 'ELOOP', 'ENXIO', 'ENOTDIR')) return { kind: 'other' }
    throw error
  }
}

/** Returns the hash by which steps compare files: null for none, undefined for anything that is not a file of ours. */
export function hashOfEntry(entry: Entry): string | null | undefined {
  if (entry.kind === 'none') return null
  return entry.kind === 'file' ? entry.hash : undefined
}

/** Returns the text of a file, or null when its bytes are not text. */
export function toText(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
    return text.includes('\0') ? null : text
  } catch {
    return null
  }
}

function hashBytes(bytes: Uint8Array): string {
  return createHash('sha256').update(bytes).digest('hex')
}
