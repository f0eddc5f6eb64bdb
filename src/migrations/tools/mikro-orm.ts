import type { MigrationSource } from '../../project/source.ts'
import { toRecords } from '../core/compare.ts'
import type { MigrationFiles } from '../core/files.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, timeOf, toPlaces } from '../core/table.ts'

/**
 * Reads the migrations of MikroORM: the `.ts`, `.js` and `.cjs` files of one folder, by name. As in MikroORM, names
 * lose `.ts` and `.js` and keep `.cjs`. The history is in `mikro_orm_migrations`, without contents, so edits are not detected,
 * nor does MikroORM detect them.
 */
export function mikroOrmMigrations(
  files: string | URL | MigrationFiles,
  table: TableOptions = {},
): MigrationSource {
  return linearSource({
    tool: 'mikro-orm',
    files,
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'mikro_orm_migrations' }),
        columns: ['id', 'name', 'executed_at'],
        select: (from, columns) =>
          `select name::text, ${timeOf('executed_at', columns)} from ${from} order by id`,
      },
    },
    toName: (path) =>
      /^[^/]+\.(?:c?js|ts)$/.test(path) && !path.endsWith('.d.ts') ? toStem(path) : null,
    toRecords: (app, { journal }) =>
      toRecords(app, journal).map((record) => ({ ...record, name: toStem(record.name) })),
    messages: {
      outOfOrder: 'MikroORM runs it next, although migrations that sort after it have run.',
      missing: 'MikroORM goes on without it, but cannot revert it while its file is missing.',
    },
  })
}

function toStem(name: string): string {
  return name.replace(/\.[jt]s$/, '')
}
