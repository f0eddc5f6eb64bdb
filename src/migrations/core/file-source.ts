import type { Row } from '../../project/database.ts'
import type { Comparison, HistoryTable, Migration, MigrationSource } from '../../project/source.ts'
import { folderOf, type MigrationFiles, toFiles } from './files.ts'
import { toChain } from './heads.ts'
import { type MigrationContent, type MigrationFile, readContents } from './read.ts'

/** The folder of one app, read once. */
export interface MigrationFolder {
  readonly app: string
  readonly files: MigrationFiles
  /** All paths of the folder, selected or not. */
  readonly paths: readonly string[]
  /** The selected files, in the tool's order. */
  readonly contents: readonly MigrationContent[]
  /** The selected files as migrations, each of which depends on the one before. */
  readonly migrations: readonly Migration[]
}

/** What a tool has learned from a folder. */
export interface PreparedFolder {
  /** Compares the folder with the rows of the history table, none of which exist if there is no such table. */
  compare(rows: readonly Row[]): Comparison
  /** Problems of the folder itself, safe to send. @default none */
  readonly problems?: readonly string[]
}

/** A tool with files in one folder, in one order, and a history table with rules of its own. */
export interface FileTool {
  readonly tool: string
  readonly files: string | URL | MigrationFiles
  readonly history: HistoryTable
  /** Selects the files that are migrations, in the order in which the tool runs them. */
  select(paths: readonly string[]): MigrationFile[]
  /** Prepares the comparison: everything about the files that does not depend on rows. */
  prepare(folder: MigrationFolder): PreparedFolder | Promise<PreparedFolder>
}

/** Makes the source of a tool from what is particular to it. */
export function fileSource({ tool, files, history, select, prepare }: FileTool): MigrationSource {
  const source = toFiles(files)
  return {
    tool,
    ...folderOf(files),
    tables: { journal: history },
    async discover(app) {
      const paths = await source.list()
      const { contents, problems } = await readContents(app, source, select(paths))
      const migrations = toChain(app, contents)
      const folder = { app, files: source, paths, contents, migrations }
      const prepared = await prepare(folder)
      return {
        migrations,
        problems: [...problems, ...(prepared.problems ?? [])],
        compare: ({ journal }) => prepared.compare(journal ?? []),
      }
    },
  }
}
