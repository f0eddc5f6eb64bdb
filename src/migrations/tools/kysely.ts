import type { MigrationSource } from '../../project/source.ts'
import type { MigrationFiles } from '../core/files.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, toPlaces } from '../core/table.ts'

/** Options of `kyselyMigrations`; each has a default. */
export interface KyselyMigrationsOptions extends TableOptions {
  /** True if the migrator runs with `allowUnorderedMigrations`. @default false */
  readonly allowUnordered?: boolean
}

/**
 * Reads the migrations of Kysely's `FileMigrationProvider`: the `.js`, `.ts`, `.mjs`, `.mts`, `.cjs` and `.cts` files of
 * one folder, by name. The history is in `kysely_migration`, without contents, so edits are not detected, nor does Kysely
 * detect them.
 */
export function kyselyMigrations(
  files: string | URL | MigrationFiles,
  { allowUnordered = false, ...table }: KyselyMigrationsOptions = {},
): MigrationSource {
  const isTime = `"timestamp"::text ~ '^[0-9]{4}-'`
  return linearSource({
    tool: 'kysely',
    files,
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'kysely_migration' }),
        columns: ['name', 'timestamp'],
        foreign: ['id'],
        select: (from) => `select name::text,
          case when ${isTime} then (extract(epoch from "timestamp"::timestamptz) * 1000)::float8 end
          from ${from} order by "timestamp", name`,
      },
    },
    toName: (path) =>
      /^[^/]+\.[cm]?[jt]s$/.test(path) && !/\.d\.[cm]?ts$/.test(path)
        ? path.replace(/\.[^.]+$/, '')
        : null,
    messages: {
      outOfOrder: allowUnordered
        ? 'Kysely runs it next, because unordered migrations are allowed.'
        : 'Kysely refuses to migrate ("corrupted migrations") until it is renamed or unordered migrations are allowed.',
      missing: 'Kysely refuses to migrate ("corrupted migrations") while its file is missing.',
    },
  })
}
