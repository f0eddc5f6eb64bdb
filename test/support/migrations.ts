import { execFile } from 'node:child_process'
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, expect } from 'vitest'
import {
  type MigrationList,
  migrationListSchema,
} from '../../src/introspection/studio/studio-answers.ts'
import type { MigrationSource } from '../../src/index.ts'
import { postgresDatabase } from '../../src/postgres.ts'
import { withPostgres } from './postgres.ts'
import { createTestStudio, sampleProject } from './project.ts'
import { installTool } from './tools.ts'

/** A temporary folder for a tool; `write` and `remove` take names relative to it. */
export interface Workshop {
  readonly path: string
  write(name: string, text: string): Promise<void>
  remove(name: string): Promise<void>
  /** Deletes the folder. */
  close(): Promise<void>
}

/** Makes an empty folder below `parent`, from where a tool can resolve its packages. */
async function createWorkshop(parent: string): Promise<Workshop> {
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

/**
 * Returns the answer of `GET /studio/migrations` for sources by label, read by a role that may only SELECT, and checks that
 * nothing in the database changed.
 */
export async function listMigrations(
  sources: Readonly<Record<string, MigrationSource>>,
  url: string,
): Promise<MigrationList> {
  const admin = postgres(url, { max: 1, onnotice: () => undefined })
  const reader = postgres(url.replace(/\/\/[^@]*@/, '//studio_reader:reader@'), { max: 2 })
  try {
    await admin.unsafe(grantReader)
    const before = await dumpDatabase(admin)
    const answer = await listWith(sources, reader)
    expect(await dumpDatabase(admin)).toBe(before)
    return answer
  } finally {
    await Promise.all([reader.end(), admin.end()])
  }
}

/** Returns the answer of `GET /studio/migrations` over one pool; null means no database. */
export async function listWith(
  sources: Readonly<Record<string, MigrationSource>>,
  sql: Sql | null,
): Promise<MigrationList> {
  const apps = Object.entries(sources).map(([label, migrations]) => ({ label, migrations }))
  const project = sampleProject({ apps, resources: [] })
  const { get } = createTestStudio({ project, ...(sql && { database: postgresDatabase(sql) }) })
  return migrationListSchema.parse(await get('/studio/migrations'))
}

/** Returns the states in an answer by migration name, orphans included. */
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
 * Returns everything in a database as text: columns, keys, indexes, privileges, values of sequences, and every row. Equal texts
 * before and after mean that nothing was created or changed.
 */
async function dumpDatabase(sql: Sql): Promise<string> {
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

/**
 * Installs an npm tool for the tests of one file. Call inside a `describe`.
 *
 * @param spec Packages and exact versions.
 */
export function withTool(name: string, spec: string) {
  const { createDatabase } = withPostgres(18)
  let modules = ''
  const workshops: Workshop[] = []
  beforeAll(async () => {
    modules = await installTool(name, spec)
  }, 180_000)
  afterAll(() => Promise.all(workshops.map((workshop) => workshop.close())))
  return {
    /** Imports a file of `node_modules`. */
    load: async (path: string) =>
      (await import(pathToFileURL(join(modules, path)).href)) as Record<string, unknown>,
    /** Runs a script of `node_modules` with Node; never rejects. */
    run: (script: string, args: readonly string[], options: { cwd: string; env?: object }) =>
      new Promise<{ code: number; output: string }>((resolve) => {
        const env = { ...process.env, ...options.env }
        const all = [join(modules, script), ...args]
        execFile(process.execPath, all, { cwd: options.cwd, env }, (error, stdout, stderr) => {
          resolve({ code: error ? Number(error.code ?? 1) : 0, output: stdout + stderr })
        })
      }),
    /** Makes an empty database and an empty folder, with a function that returns our answer about both. */
    async setUp(toSource: (path: string) => MigrationSource) {
      const { sql, url } = await createDatabase()
      const workshop = await createWorkshop(join(modules, '..'))
      workshops.push(workshop)
      const source = toSource(workshop.path)
      return { sql, url, workshop, list: () => listMigrations({ shop: source }, url) }
    },
  }
}
