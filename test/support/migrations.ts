import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { type MigrationList, migrationListSchema } from '../../src/introspection/migrations-list.ts'
import type { MigrationSource } from '../../src/index.ts'
import { postgresDatabase } from '../../src/postgres.ts'
import { createTestStudio, sampleProject } from './project.ts'

/** A folder of its own for a tool: `write` and `remove` take names relative to it. */
export interface Workshop {
  readonly path: string
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
  /** Deletes the folder. */
  close(): Promise<void>
}

/** Makes an empty folder, below `parent` where a tool has to find packages above it. */
export async function createWorkshop(parent = tmpdir()): Promise<Workshop> {
  const path = await mkdtemp(join(parent, 'studio-migrations-'))
  return {
    path,
    async write(name, text) {
      await mkdir(dirname(join(path, name)), { recursive: true })
      await writeFile(join(path, name), text)
    },
    remove: (name) => rm(join(path, name), { recursive: true }),
    close: () => rm(path, { recursive: true, force: true }),
  }
}

/** What `GET /studio/migrations` answers for sources by label, asked with a role that may do nothing but SELECT. */
export async function listMigrations(
  sources: Readonly<Record<string, MigrationSource>>,
  url: string,
): Promise<MigrationList> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined })
  await admin.unsafe(grantReader)
  await admin.end()
  const reader = postgres(url.replace(/\/\/[^@]*@/, '//studio_reader:reader@'), { max: 2 })
  try {
    return await listWith(sources, reader)
  } finally {
    await reader.end()
  }
}

/** What `GET /studio/migrations` answers over one pool; null for no database. */
export async function listWith(
  sources: Readonly<Record<string, MigrationSource>>,
  sql: Sql | null,
): Promise<MigrationList> {
  const apps = Object.entries(sources).map(([label, migrations]) => ({ label, migrations }))
  const project = sampleProject({ apps, resources: [] })
  const { get } = createTestStudio({ project, ...(sql && { database: postgresDatabase(sql) }) })
  return migrationListSchema.parse(await get('/studio/migrations'))
}

/** The states of an answer by migration name, those of orphans among them. */
export function statesOf({ migrations, orphans }: MigrationList): Record<string, string> {
  return Object.fromEntries([...migrations, ...orphans].map(({ name, state }) => [name, state]))
}

const grantReader = `
  do $$ begin
    if not exists (select from pg_roles where rolname = 'studio_reader') then
      create role studio_reader login password 'reader';
    end if;
  end $$;
  do $$ declare one text; begin
    for one in select nspname from pg_namespace
      where nspname !~ '^pg_' and nspname <> 'information_schema' loop
      execute format('grant usage on schema %I to studio_reader', one);
      execute format('grant select on all tables in schema %I to studio_reader', one);
    end loop;
  end $$`

/**
 * Everything in a database as text: columns, keys, indexes, privileges, sequences' places, and every row. Equal before and
 * after means that nothing was created, changed or counted up.
 */
export async function dumpDatabase(sql: Sql): Promise<string> {
  const facts = await sql.unsafe(`
    select 'schema ' || nspname || ' ' || coalesce(nspacl::text, '') as fact from pg_namespace
      where nspname !~ '^pg_(toast_)?temp'
    union all select 'relation ' || c.oid::regclass || ' ' || c.relkind::text || ' ' || c.relfilenode || ' ' || coalesce(c.relacl::text, '')
      from pg_class c join pg_namespace n on n.oid = c.relnamespace where n.nspname !~ '^(pg_|information_schema)'
    union all select 'column ' || a.attrelid::regclass || ' ' || a.attname || ' ' || format_type(a.atttypid, a.atttypmod)
      from pg_attribute a join pg_class c on c.oid = a.attrelid join pg_namespace n on n.oid = c.relnamespace
      where n.nspname !~ '^(pg_|information_schema)' and a.attnum > 0
    union all select 'constraint ' || conname || ' ' || pg_get_constraintdef(oid) from pg_constraint
    union all select 'function ' || oid::regprocedure from pg_proc
    union all select 'sequence ' || schemaname || '.' || sequencename || ' ' || coalesce(last_value::text, '') from pg_sequences
    order by 1`)
  const tables = await sql.unsafe(`
    select format('%I.%I', schemaname, tablename) as name from pg_tables
    where schemaname !~ '^(pg_|information_schema)' order by 1`)
  const rows: string[] = []
  for (const { name } of tables) {
    const found = await sql.unsafe(`select t::text as row from ${name} t order by 1`)
    rows.push(`${name}:`, ...found.map(({ row }) => String(row)))
  }
  return [...facts.map(({ fact }) => String(fact)), ...rows].join('\n')
}
