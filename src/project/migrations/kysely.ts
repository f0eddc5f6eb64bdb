import type { MigrationSource } from '../source.ts'
import { compareByName, findDuplicates, toRecords } from './compare.ts'
import { type MigrationFiles, toFiles } from './files.ts'
import { toChain } from './heads.ts'
import { readContents } from './read.ts'
import { type TableOptions, toPlaces } from './table.ts'

/** Options of `kyselyMigrations`. */
export interface KyselyMigrationsOptions extends TableOptions {
  /** True when the migrator runs with `allowUnorderedMigrations`. @default false */
  readonly allowUnordered?: boolean
}

/**
 * Reads the migrations of Kysely's `FileMigrationProvider`: the `.js`, `.ts`, `.mjs`, `.mts`, `.cjs` and `.cts` files of
 * one folder, by name (notes 2.6). What ran is in `kysely_migration`; a row says nothing of contents, so an edit goes
 * unnoticed, by Kysely as well.
 */
export function kyselyMigrations(
  files: string | URL | MigrationFiles,
  { allowUnordered = false, ...table }: KyselyMigrationsOptions = {},
): MigrationSource {
  const source = toFiles(files)
  const words = {
    outOfOrder: allowUnordered
      ? 'Kysely runs it next, because unordered migrations are allowed.'
      : 'Kysely refuses to migrate ("corrupted migrations") until it is renamed or unordered migrations are allowed.',
    missing: 'Kysely refuses to migrate ("corrupted migrations") while its file is missing.',
  }
  return {
    tool: 'kysely',
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'kysely_migration' }),
        columns: ['name', 'timestamp'],
        select: (from) => `select name::text,
          case when "timestamp"::text ~ '^\\d{4}-' then (extract(epoch from "timestamp"::timestamptz) * 1000)::float8 end
          from ${from} order by "timestamp", name`,
      },
    },
    async discover(app) {
      const wanted = (await source.list())
        .filter((path) => /^[^/]+\.[cm]?[jt]s$/.test(path) && !/\.d\.[cm]?ts$/.test(path))
        .map((path) => ({ name: path.replace(/\.[^.]+$/, ''), path }))
        .sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0))
      const { contents, problems } = await readContents(app, source, wanted)
      const migrations = toChain(app, contents)
      const duplicates = findDuplicates(app, migrations, (name) => name)
      return {
        migrations,
        problems,
        compare({ journal }) {
          const found = compareByName(app, migrations, { records: toRecords(app, journal), words })
          return { ...found, conflicts: [...duplicates, ...found.conflicts] }
        },
      }
    },
  }
}
