import { sha256 } from '../../lib/checksum.ts'
import type { Row } from '../../project/database.ts'
import type {
  AppliedMigration,
  Comparison,
  Migration,
  MigrationSource,
} from '../../project/source.ts'
import { compareByName, findDuplicates, toStatus } from '../core/compare.ts'
import { fileSource } from '../core/file-source.ts'
import type { MigrationFiles } from '../core/files.ts'
import { compareText } from '../../lib/text.ts'
import { type TableOptions, toPlaces } from '../core/table.ts'

const messages = {
  outOfOrder:
    '"supabase db push" refuses to insert it before what ran, unless --include-all is given.',
  missing:
    '"supabase db push" refuses while its file is missing: "migration fetch" brings it, "migration repair --status reverted" forgets it.',
}

/** The longest migration, in bytes, whose statements are compared with its file. */
const longest = 1_048_576

/**
 * Reads the migrations of the Supabase CLI: `<digits>_<name>.sql` of `supabase/migrations`, by version. The history
 * is in `supabase_migrations.schema_migrations`, with statements and without times. An edit of more than white space and
 * semicolons is detected, although the CLI itself does not check.
 */
export function supabaseMigrations(
  files: string | URL | MigrationFiles,
  table: TableOptions = {},
): MigrationSource {
  return fileSource({
    tool: 'supabase',
    files,
    history: {
      places: toPlaces(table, { schema: 'supabase_migrations', table: 'schema_migrations' }),
      columns: ['version', 'statements'],
      foreign: ['dirty', 'inserted_at'],
      select: (from, columns) =>
        `select version::text, ${columns.has('name') ? 'name::text' : 'null::text'},
            case when octet_length(s.content) between 1 and ${longest}
              then encode(sha256(convert_to(translate(s.content, E' \\t\\r\\n\\f\\v;', ''), 'UTF8')), 'hex') end
          from ${from}, lateral (select array_to_string(statements, '')) s (content)
          order by version`,
    },
    select: (paths) =>
      paths
        .filter((path) => /^\d+_[^/]*\.sql$/.test(path))
        .map((path) => ({ name: path.replace(/\.sql$/, ''), path }))
        .sort((a, b) => compareText(toVersion(a.name), toVersion(b.name))),
    async prepare({ app, contents, migrations }) {
      const folded = new Map<string, string>()
      for (const { name, text } of contents) {
        if (text !== null) folded.set(name, await sha256(text.replace(/[ \t\r\n\f\v;]/g, '')))
      }
      return { compare: (rows) => compare(app, { migrations, folded, rows }) }
    },
  })
}

function compare(
  app: string,
  given: {
    readonly migrations: readonly Migration[]
    readonly folded: ReadonlyMap<string, string>
    readonly rows: readonly Row[]
  },
): Comparison {
  const { migrations, folded, rows } = given
  const names = new Map(migrations.map(({ name }) => [toVersion(name), name]))
  const toName = ([version, name]: Row) =>
    names.get(String(version)) ?? (name ? `${String(version)}_${String(name)}` : String(version))
  const records = rows.map((row): AppliedMigration => ({ app, name: toName(row), appliedAt: null }))
  const found = compareByName(app, migrations, { records, messages })
  const statuses = new Map(found.statuses)
  for (const row of rows) {
    const name = toName(row)
    const now = folded.get(name)
    if (now === undefined || row[2] === null || row[2] === now || !statuses.has(name)) continue
    const message =
      'Its file says something else than the statements that ran; the Supabase CLI does not look.'
    statuses.set(name, toStatus('modified', message))
  }
  const duplicates = findDuplicates(app, migrations, toVersion)
  return { ...found, statuses, conflicts: [...duplicates, ...found.conflicts] }
}

function toVersion(name: string): string {
  return /^\d+/.exec(name)?.[0] ?? name
}
