import type { MigrationSource } from '../../../project/source.ts'
import { discoverFolders } from './folders.ts'
import { discoverJournal } from './journal.ts'
import { folderOf, type MigrationFiles, toFiles } from '../../core/files.ts'
import { type TableOptions, timeOf, toPlaces } from '../../core/table.ts'

/**
 * Reads the migrations of Drizzle: a folder with `meta/_journal.json` (before 1.0), or one with a folder for each migration
 * (1.0). The history is in `drizzle.__drizzle_migrations`.
 *
 * Before 1.0 the migrator only looks at the newest row: an older migration without a row is `skipped_forever`.
 *
 * @see docs/decisions/074-branches-of-drizzle.md
 */
export function drizzleMigrations(
  files: string | URL | MigrationFiles,
  table: TableOptions = {},
): MigrationSource {
  const source = toFiles(files)
  return {
    tool: 'drizzle',
    ...folderOf(files),
    tables: {
      journal: {
        places: toPlaces(table, { schema: 'drizzle', table: '__drizzle_migrations' }),
        columns: ['id', 'hash', 'created_at'],
        select: (from, columns) =>
          `select hash::text, created_at::text, ${columns.has('name') ? 'name::text' : 'null::text'},
            ${timeOf('applied_at', columns)} from ${from} order by created_at nulls first, id`,
      },
    },
    async discover(app) {
      const names = await source.list()
      return names.includes('meta/_journal.json')
        ? discoverJournal(app, source, names)
        : discoverFolders(app, source, names)
    },
  }
}
