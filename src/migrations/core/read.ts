import { sha256 } from '../../lib/checksum.ts'
import { describeFailure } from '../../project/failure.ts'
import type { MigrationFiles } from './files.ts'

/** One file of a migration and its name. */
export interface MigrationFile {
  readonly name: string
  readonly path: string
}

/** A migration's file as it was read; bytes, text and checksum are null when it could not be. */
export interface MigrationContent extends MigrationFile {
  readonly bytes: Uint8Array | null
  readonly text: string | null
  /** SHA-256 in hex. */
  readonly checksum: string | null
}

/** Reads files side by side, in the given order; those that cannot be read are problems. */
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
