import { compareText } from '../../lib/text.ts'
import type {
  AppliedMigration,
  Comparison,
  HistoryRows,
  HistoryTable,
  Migration,
  MigrationSource,
} from '../../project/source.ts'
import { compareByName, findDuplicates, type LinearMessages, toRecords } from './compare.ts'
import { folderOf, type MigrationFiles, toFiles } from './files.ts'
import { toChain } from './heads.ts'
import { type MigrationContent, readContents } from './read.ts'

/** A tool that runs the files of a folder in one order and records their names. */
export interface LinearTool {
  readonly tool: string
  readonly files: string | URL | MigrationFiles
  /** The table `journal` returns rows of `name, time`, unless `toRecords` reads other rows. */
  readonly tables: Readonly<Record<string, HistoryTable>>
  readonly messages: LinearMessages
  /** Returns the name of the migration in a file; null if the file is not a migration. */
  toName(path: string): string | null
  /** Compares names. @default by code units */
  readonly compareNames?: (a: string, b: string) => number
  /** Finds the names of the migrations in a file; none skips the file. @default the result of `toName` */
  readonly readNames?: (content: MigrationContent) => readonly string[]
  /** The part of a name that must be unique. @default the whole name */
  readonly toVersion?: (name: string) => string
  /** Converts rows to records of the app. @default reads rows of `name, time` */
  readonly toRecords?: (
    app: string,
    rows: HistoryRows,
    migrations: readonly Migration[],
  ) => AppliedMigration[]
  /** Adjusts the comparison, for example because of a lock. */
  readonly refine?: (app: string, found: Comparison, rows: HistoryRows) => Comparison
}

/** Makes the source of a tool with one linear order that records names. */
export function linearSource(tool: LinearTool): MigrationSource {
  const files = toFiles(tool.files)
  const compareNames = tool.compareNames ?? compareText
  return {
    tool: tool.tool,
    ...folderOf(tool.files),
    tables: tool.tables,
    async discover(app) {
      const wanted = (await files.list()).flatMap((path) => {
        const name = tool.toName(path)
        return name === null ? [] : [{ name, path }]
      })
      const { contents, problems } = await readContents(app, files, wanted)
      const named = contents.flatMap((content) => {
        const names = tool.readNames ? tool.readNames(content) : [content.name]
        return names.map((name) => ({ name, checksum: content.checksum }))
      })
      named.sort((a, b) => compareNames(a.name, b.name))
      const migrations = toChain(app, named)
      return { migrations, problems, compare: (rows) => compare(tool, app, { migrations, rows }) }
    },
  }
}

function compare(
  tool: LinearTool,
  app: string,
  { migrations, rows }: { migrations: readonly Migration[]; rows: HistoryRows },
): Comparison {
  const records = tool.toRecords?.(app, rows, migrations) ?? toRecords(app, rows.journal)
  const found = compareByName(app, migrations, { records, messages: tool.messages })
  const duplicates = findDuplicates(app, migrations, tool.toVersion ?? ((name) => name))
  const all = { ...found, conflicts: [...duplicates, ...found.conflicts] }
  return tool.refine?.(app, all, rows) ?? all
}
