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
  /** SHA-256 in hex. */
  readonly checksum: string | null
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
        return {
          ...file,
          bytes,
          text: new TextDecoder().decode(bytes),
          checksum: await sha256(bytes),
        }
      } catch (error) {
        const reason = describeFailure(error) ?? 'it could not be read'
        problems.push(`migration ${app}.${file.name}: ${reason}`)
        return { ...file, bytes: null, text: null, checksum: null }
      }
    }),
  )
  return { contents, problems: problems.sort() }
}
