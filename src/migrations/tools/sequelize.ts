import type { MigrationSource } from '../../project/source.ts'
import type { MigrationFiles } from '../core/files.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, timeOf, toPlaces } from '../core/table.ts'

/** Options of `sequelizeMigrations`; each has a default. */
export interface SequelizeMigrationsOptions extends TableOptions {
  /** Matches the paths below the folder that are migrations, like Umzug's `glob`. @default the paths of sequelize-cli */
  readonly pattern?: RegExp
}

/**
 * Reads the migrations of sequelize-cli, or of Umzug with `SequelizeStorage`: the files of one folder, by name with
 * extension. The history is a list of names in `SequelizeMeta`, with times only if timestamps are enabled. Edits are not
 * detected, nor does Umzug detect them.
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
