import type { MigrationSource } from '../../project/source.ts'
import type { MigrationFiles } from '../core/files.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, timeOf, toPlaces } from '../core/table.ts'

/** Options of `sequelizeMigrations`; each has a default. */
export interface SequelizeMigrationsOptions extends TableOptions {
  /** Which paths below the folder are migrations; Umzug's `glob` as an expression. @default those of sequelize-cli */
  readonly pattern?: RegExp
}

/**
 * Reads the migrations of sequelize-cli, or of Umzug with `SequelizeStorage`: the files of one folder, by name with
 * extension. What ran is a list of names in `SequelizeMeta`, with times only where timestamps are switched on; an edit goes
 * unnoticed, by Umzug as well.
 */
export function sequelizeMigrations(
  files: string | URL | MigrationFiles,
  { pattern = /^[^/]+\.(?:cjs|js|cts|ts)$/, ...table }: SequelizeMigrationsOptions = {},
): MigrationSource {
  return linearSource({
    tool: 'sequelize',
    files,
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'SequelizeMeta' }),
        columns: ['name'],
        foreign: ['id', 'version', 'checksum'],
        select: (from, columns) =>
          `select name::text, ${timeOf('createdAt', columns)} from ${from} order by 2 nulls first, 1`,
      },
    },
    toName: (path) =>
      path.search(pattern) >= 0 && !/\.d\.[cm]?ts$/.test(path) ? path.replace(/^.*\//, '') : null,
    messages: {
      outOfOrder: 'Umzug runs it next, although migrations that sort after it have run.',
      missing:
        'Umzug goes on without it, but cannot undo it while a file of that name, extension included, is missing.',
    },
  })
}
