import type { Migration, MigrationSource } from '../../project/source.ts'
import type { MigrationFiles } from '../core/files.ts'
import { linearSource } from '../core/linear-tool.ts'
import { type TableOptions, toPlaces } from '../core/table.ts'

/** Options of `dbmateMigrations`; each has a default. */
export interface DbmateMigrationsOptions extends TableOptions {
  /** True if dbmate runs with `--strict`. @default false */
  readonly strict?: boolean
}

/**
 * Reads the migrations of dbmate: the `.sql` files of one folder whose names begin with a version, by name. The history is
 * in `schema_migrations`, a list of versions without times and contents. The greatest version counts as the last one. Edits are
 * not detected, nor does dbmate detect them.
 */
export function dbmateMigrations(
  files: string | URL | MigrationFiles,
  { strict = false, ...table }: DbmateMigrationsOptions = {},
): MigrationSource {
  return linearSource({
    tool: 'dbmate',
    files,
    tables: {
      journal: {
        places: toPlaces(table, { schema: null, table: 'schema_migrations' }),
        columns: ['version'],
        foreign: ['dirty', 'inserted_at', 'statements'],
        select: (from) => `select version::text from ${from} order by version`,
      },
    },
    toName: (path) => (/^\d[^/]*\.sql$/.test(path) ? path.replace(/\.sql$/, '') : null),
    toVersion,
    toRecords: (app, { journal }, migrations) =>
      (journal ?? []).flatMap(([version]) =>
        toNames(migrations, String(version)).map((name) => ({ app, name, appliedAt: null })),
      ),
    messages: {
      outOfOrder: strict
        ? 'dbmate refuses to migrate with --strict until it has a greater version.'
        : 'dbmate runs it next, although a greater version has run; with --strict it would refuse.',
      missing: 'dbmate passes over it: a rollback takes back the one before it that has a file.',
    },
  })
}

/** Maps a version to every file that has it; a version without a file becomes a name by itself. */
function toNames(migrations: readonly Migration[], version: string): string[] {
  const names = migrations.map(({ name }) => name).filter((name) => toVersion(name) === version)
  return names.length > 0 ? names : [version]
}

function toVersion(name: string): string {
  return /^\d+/.exec(name)?.[0] ?? name
}
