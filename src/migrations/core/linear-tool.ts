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
import { type MigrationFiles, toFiles } from './files.ts'
import { toChain } from './heads.ts'
import { type MigrationContent, readContents } from './read.ts'

/** A tool that runs the files of a folder one after the other and writes down their names. */
export interface LinearTool {
  readonly tool: string
  readonly files: string | URL | MigrationFiles
  /** `journal` answers rows of `name, time`, unless `toRecords` says otherwise. */
  readonly tables: Readonly<Record<string, HistoryTable>>
  readonly messages: LinearMessages
  /** Name of the migration in a file; null for files that are none. */
  toName(path: string): string | null
  /** Orders names. @default by code units */
  readonly compareNames?: (a: string, b: string) => number
  /** Names that only the content tells; null leaves the file out. @default what `toName` said */
  readonly readName?: (content: MigrationContent) => string | null
  /** The part of a name that no two may share. @default the whole name */
  readonly toVersion?: (name: string) => string
  /** Rows as records of the app. @default rows of `name, time` */
  readonly toRecords?: (
    app: string,
    rows: HistoryRows,
    migrations: readonly Migration[],
  ) => AppliedMigration[]
  /** What else follows, for example from a lock. */
  readonly refine?: (app: string, found: Comparison, rows: HistoryRows) => Comparison
}

/** Makes the source of a tool that knows one order and records by name. */
export function linearSource(tool: LinearTool): MigrationSource {
  const files = toFiles(tool.files)
  const compareNames = tool.compareNames ?? compareText
  return {
    tool: tool.tool,
    tables: tool.tables,
    async discover(app) {
      const wanted = (await files.list()).flatMap((path) => {
        const name = tool.toName(path)
        return name === null ? [] : [{ name, path }]
      })
      const { contents, problems } = await readContents(app, files, wanted)
      const named = contents.flatMap((content) => {
        const name = tool.readName ? tool.readName(content) : content.name
        return name === null ? [] : [{ name, checksum: content.checksum }]
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
