import { readFile } from 'node:fs/promises'
import type { Migration, MigrationKey, MigrationSource } from 'fetch-studio'
import type { Sql } from 'postgres'

/** An app whose migrations are the `.sql` files of a folder. */
export interface MigratedApp {
  readonly label: string
  readonly folder: URL
  readonly migrations: MigrationSource
}

const historyTable = `create table if not exists aksara_migrations (
  id integer generated always as identity primary key,
  app_label varchar(80) not null,
  name varchar(255) not null,
  checksum varchar(64),
  applied_at timestamptz not null default clock_timestamp(),
  unique (app_label, name)
)`

/**
 * Applies pending migrations in the order of their dependencies, in one transaction. A lock makes concurrent calls wait.
 *
 * @param except Migrations to leave pending, as `app.name`.
 * @returns the migrations that were applied, as `app.name`.
 * @throws Error when a migration depends on one that neither exists nor was applied.
 */
export async function migrate(
  sql: Sql,
  apps: readonly MigratedApp[],
  except: readonly string[] = [],
): Promise<string[]> {
  const discoveries = await Promise.all(apps.map((app) => app.migrations.discover(app.label)))
  const found = discoveries.flatMap(({ migrations }) => migrations)
  return sql.begin(async (transaction) => {
    await transaction`select pg_advisory_xact_lock(hashtext('aksara_migrations'))`
    await transaction.unsafe(historyTable)
    const rows = await transaction`select app_label as app, name from aksara_migrations`
    const done = new Set(rows.map((row) => toKey(row as unknown as MigrationKey)))
    const waiting = found.filter((migration) => {
      const key = toKey(migration)
      return !done.has(key) && !except.includes(key)
    })
    const ordered = toOrder(waiting, done)
    for (const migration of ordered) {
      const { app, name, checksum } = migration
      await transaction.unsafe(await readSql(apps, migration))
      await transaction`insert into aksara_migrations (app_label, name, checksum)
        values (${app}, ${name}, ${checksum?.slice(0, 16) ?? null})`
    }
    return ordered.map(toKey)
  })
}

/** Sorts migrations behind their dependencies, of which `applied` are done already. */
function toOrder(migrations: readonly Migration[], applied: ReadonlySet<string>): Migration[] {
  const done = new Set(applied)
  const ordered: Migration[] = []
  let waiting = migrations
  while (waiting.length > 0) {
    const next = waiting.find(({ dependencies }) =>
      dependencies.every((dependency) => done.has(toKey(dependency))),
    )
    if (!next) throw new Error(`A dependency is missing for ${waiting.map(toKey).join(', ')}`)
    ordered.push(next)
    done.add(toKey(next))
    waiting = waiting.filter((migration) => migration !== next)
  }
  return ordered
}

function readSql(apps: readonly MigratedApp[], { app, name }: MigrationKey): Promise<string> {
  const owner = apps.find(({ label }) => label === app)
  if (!owner) throw new Error(`No app is labelled ${app}`)
  return readFile(new URL(`${name}.sql`, owner.folder), 'utf8')
}

function toKey({ app, name }: MigrationKey): string {
  return `${app}.${name}`
}
