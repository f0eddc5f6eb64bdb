import { badRequest, StudioError } from '../../errors.ts'
import { folderFiles } from '../../migrations/core/files.ts'
import type { LocatedMigration } from '../../migrations/core/overview.ts'
import type { MigrationSource } from '../../project/source.ts'
import { type DraftFile, maxCharacters } from '../sets/draft.ts'
import { conflict } from '../sets/state.ts'
import { maxFileBytes, maxFiles, type WorkspaceFiles } from '../workspace.ts'
import { findWriter } from '../writers/find-writer.ts'
import type { NewMigration, WrittenMigration } from '../writers/migration-writer.ts'

/** An app whose source of migrations gets a new one. */
export interface MigratedApp {
  readonly label: string
  readonly source: MigrationSource
  readonly migrations: readonly LocatedMigration[]
}

/** A migration as files of the workspace. */
export interface WrittenFiles extends Pick<WrittenMigration, 'names' | 'notes' | 'plain'> {
  readonly files: readonly DraftFile[]
}

/** Refuses what is no fault of the request: the project is not set up for it. */
function unable(reason: string, message: string, details: object = {}): StudioError {
  return new StudioError('unprocessable', message, { details: { reason, ...details } })
}

/**
 * Writes a migration in the form of the app's tool, as files of the workspace. No file is written to the disk.
 *
 * @throws StudioError `bad_request` for an app whose migrations are no folder, `unprocessable` where the tool or the workspace
 *   cannot have the files, `conflict` when the folder changes meanwhile.
 */
export async function writeFiles(
  workspace: WorkspaceFiles,
  { label, source, migrations }: MigratedApp,
  migration: Omit<NewMigration, 'migrations' | 'paths' | 'read'>,
): Promise<WrittenFiles> {
  const { tool, folder } = source
  if (folder === undefined) {
    throw badRequest(`The migrations of ${label} are in no folder, so no file can be written`, [
      { path: 'app', message: 'has migrations that are not in a folder' },
    ])
  }
  const writer = await findWriter(tool)
  if (!writer) {
    throw unable('tool_unsupported', `Migrations of the tool ${tool} cannot be written`, { tool })
  }
  const place = await workspace.place(folder)
  if (place === null) {
    throw unable(
      'outside_workspace',
      `The folder of the migrations of ${label} is not below the workspace`,
    )
  }
  const files = folderFiles(folder)
  const read = new Map<string, string | null>()
  const written = await writer({
    ...migration,
    migrations,
    paths: (await files.list()).toSorted(),
    async read(path) {
      const text = read.has(path) ? (read.get(path) ?? null) : await readText(files, path)
      read.set(path, text)
      return text
    },
  })
  if ('unsupported' in written) throw unable('tool_unsupported', written.unsupported, { tool })
  return { ...written, files: await toDraftFiles(workspace, { place, written, read }) }
}

async function readText(
  files: { read(name: string): Promise<Uint8Array> },
  path: string,
): Promise<string | null> {
  try {
    const bytes = await files.read(path)
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch (error) {
    if ((error as { code?: unknown }).code === 'ENOENT') return null
    throw new StudioError('unavailable', 'A file of the migrations could not be read', {
      cause: error,
    })
  }
}

async function toDraftFiles(
  workspace: WorkspaceFiles,
  {
    place,
    written,
    read,
  }: {
    readonly place: string
    readonly written: WrittenMigration
    readonly read: ReadonlyMap<string, string | null>
  },
): Promise<DraftFile[]> {
  const paths = written.files.map(({ path }) => (place === '' ? path : `${place}/${path}`))
  const size = written.files.reduce((sum, { content }) => sum + content.length, 0)
  const isLarge = written.files.some(({ content }) => content.length > maxFileBytes)
  if (paths.length > maxFiles || isLarge || size > maxCharacters) {
    throw unable('too_large', 'The migration has more files or text than a change set may have')
  }
  const found = await workspace.inspect(paths)
  const refused = found.flatMap((each) =>
    'refusal' in each ? [{ path: each.path, refusal: each.refusal, message: each.message }] : [],
  )
  const [first] = refused
  if (first) {
    throw unable('not_writable', `${first.path} may not be written: ${first.message}`, {
      files: refused,
    })
  }
  return written.files.map(({ path, content }, index) => {
    const inspection = found[index]
    const original = inspection && 'content' in inspection ? inspection.content : null
    const known = read.get(path)
    const isMoved = known === undefined ? original !== null : known !== original
    if (isMoved) {
      const files = [paths[index]]
      throw conflict('changed_since_preview', 'The folder of the migrations changes right now', {
        changed: [],
        files,
      })
    }
    return { path: paths[index] ?? path, original, content }
  })
}
