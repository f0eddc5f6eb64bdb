import { sha256 } from '../../lib/checksum.ts'
import { describeFailure } from '../../project/failure.ts'
import type { MigrationFiles } from './files.ts'

/** One file of a migration and its name. */
export interface MigrationFile {
  readonly name: string
  readonly path: string
}

/** The content of a migration's file; bytes, text and checksum are null if it could not be read. */
export interface MigrationContent extends MigrationFile {
  readonly bytes: Uint8Array | null
  readonly text: string | null
  /** SHA-256 in hex, of a text with `\n` at the end of each line, so that it is the same in every checkout. */
  readonly checksum: string | null
  /** SHA-256 of the file as it is, and with the other ends of lines: first of all the one as it is. */
  readonly checksums: readonly string[]
}

/** About a migration that ran with other ends of lines, as git writes them on Windows. */
export const onlyLineEndings = 'Only its line endings differ from what ran.'

/** Returns the checksums that a file may have in one checkout or another, by the name of its migration. */
export function checksumsByName(
  contents: readonly MigrationContent[],
): ReadonlyMap<string, readonly string[]> {
  return new Map(contents.map(({ name, checksums }) => [name, checksums]))
}

/**
 * Reads files concurrently and returns them in the given order. Files that cannot be read become problems.
 *
 * @see docs/decisions/073-files-are-read-never-run.md
 */
export async function readContents(
  app: string,
  files: MigrationFiles,
  wanted: readonly MigrationFile[],
): Promise<{ contents: MigrationContent[]; problems: string[] }> {
  const problems: string[] = []
  const contents = await Promise.all(
    wanted.map(async (file): Promise<MigrationContent> => {
      try {
        const bytes = Uint8Array.from(await files.read(file.path))
        const [unix, windows] = [toUnix(bytes), toWindows(bytes)]
        const checksum = await sha256(unix)
        const checksums = [await sha256(bytes), checksum, await sha256(windows)]
        return { ...file, bytes, text: new TextDecoder().decode(bytes), checksum, checksums }
      } catch (error) {
        const reason = describeFailure(error) ?? 'it could not be read'
        problems.push(`migration ${app}.${file.name}: ${reason}`)
        return { ...file, bytes: null, text: null, checksum: null, checksums: [] }
      }
    }),
  )
  return { contents, problems: problems.sort() }
}

const [lineFeed, carriageReturn] = [10, 13]

function toUnix(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  return bytes.filter((byte, at) => byte !== carriageReturn || bytes[at + 1] !== lineFeed)
}

function toWindows(bytes: Uint8Array<ArrayBuffer>): Uint8Array<ArrayBuffer> {
  const unix = toUnix(bytes)
  const windows = new Uint8Array(unix.length * 2)
  let length = 0
  for (const byte of unix) {
    if (byte === lineFeed) windows[length++] = carriageReturn
    windows[length++] = byte
  }
  return windows.slice(0, length)
}
