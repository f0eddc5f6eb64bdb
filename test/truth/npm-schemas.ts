import { readdir, readFile, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { foreignSchemas } from '../support/foreign-schemas.ts'
import { installTool, unpackPackage } from '../support/tools.ts'
import { loadCommonJs } from './commonjs.ts'
import type { RealSchema } from './real-schema.ts'

/** Schemas that npm packages create with their own migrations. No text of them is kept here. */
export const npmSchemas: readonly RealSchema[] = [
  known('graphile-worker', 'graphile-worker'),
  known('pg-boss', 'pg-boss'),
  known('Backstage catalog', 'backstage-catalog'),
  known('Medusa pricing', 'medusa-pricing'),
  known('Medusa product', 'medusa-product'),
  kyselySchema('atproto-bsky', '@atproto/bsky@0.0.221', 'dist/data-plane/server/db/migrations'),
  dbMigrateSchema('unleash', 'unleash-server@7.5.1', 'dist/migrations'),
  dbosSchema('dbos', '@dbos-inc/dbos-sdk@5.3.0'),
  logtoSchema('logto', '@logto/schemas@1.43.0'),
]

function known(key: string, name: string): RealSchema {
  const source = foreignSchemas[key]
  if (!source) throw new Error(`No schema ${key}`)
  return { name, from: 'npm', origin: name, create: (sql, url) => source.create(sql, url) }
}

/** Migrations of Kysely that a package has compiled to CommonJS. */
function kyselySchema(name: string, origin: string, folder: string): RealSchema {
  return {
    name,
    from: 'npm',
    origin,
    async create(_sql, url) {
      const files = join(await unpackPackage(`schema-${name}`, origin), folder)
      const modules = await installTool('kysely', 'kysely@0.22.0 pg@8.16.3')
      const load = createRequire(join(modules, 'x.js'))
      const kysely = load('kysely') as KyselyModule
      const { Pool } = load('pg') as { Pool: new (options: object) => object }
      const pool = new Pool({ connectionString: url, max: 1 })
      const db = new kysely.Kysely({ dialect: new kysely.PostgresDialect({ pool }) })
      try {
        for (const file of (await readdir(files)).filter((one) => /^\d.*\.js$/.test(one)).sort()) {
          const { up } = await loadCommonJs(join(files, file), { kysely })
          await (up as (db: object) => Promise<void>)(db)
        }
      } finally {
        await db.destroy()
      }
    },
  }
}

interface KyselyModule {
  Kysely: new (options: object) => { destroy(): Promise<void> }
  PostgresDialect: new (options: object) => object
}

/** Migrations of db-migrate, which call back or return a promise. */
function dbMigrateSchema(name: string, origin: string, folder: string): RealSchema {
  return {
    name,
    from: 'npm',
    origin,
    async create(_sql, url) {
      const files = join(await unpackPackage(`schema-${name}`, origin), folder)
      const modules = await installTool(
        'db-migrate',
        'db-migrate@0.11.14 db-migrate-pg@1.5.2 async@3.2.6',
      )
      // the migrations require packages that an unpacked tarball does not bring
      await symlink(modules, join(files, 'node_modules')).catch(() => undefined)
      const load = createRequire(join(modules, 'x.js'))
      const { getInstance } = load('db-migrate') as DbMigrate
      const migrate = getInstance(true, {
        cwd: modules,
        config: { dev: { driver: 'pg', ...toDriver(url) } },
        cmdOptions: { 'migrations-dir': files, config: null },
        throwUncatched: true,
      })
      migrate.silence(true)
      await migrate.up()
    },
  }
}

interface DbMigrate {
  getInstance(
    isModule: boolean,
    options: object,
  ): { silence(quiet: boolean): void; up(): Promise<void> }
}

function toDriver(url: string): object {
  const { username, password, hostname, port, pathname } = new URL(url)
  return {
    user: username,
    password,
    host: hostname,
    port: Number(port),
    database: pathname.slice(1),
  }
}

/** The history of DBOS's system tables, as lists of statements. */
function dbosSchema(name: string, origin: string): RealSchema {
  return {
    name,
    from: 'npm',
    origin,
    async create(sql) {
      const folder = join(
        await unpackPackage(`schema-${name}`, origin),
        'dist/src/sysdb_migrations',
      )
      const exports = await loadCommonJs(join(folder, 'internal/migrations.js'), {
        '../migration_runner': { SHARED_MIGRATION_BASE: 1000 },
      })
      const history = (exports['allMigrations'] as () => { pg: string[] }[])()
      for (const statement of history.flatMap(({ pg }) => pg)) await sql.unsafe(statement)
    },
  }
}

/** The tables of Logto: a file for each, run in the order of their first comments, with the hooks between them. */
function logtoSchema(name: string, origin: string): RealSchema {
  return {
    name,
    from: 'npm',
    origin,
    async create(sql) {
      const folder = join(await unpackPackage(`schema-${name}`, origin), 'tables')
      const read = (file: string) => readFile(join(folder, file), 'utf8')
      const fill = (text: string, table = '') =>
        text
          .replaceAll('${name}', table)
          .replaceAll('${database}', 'truth')
          .replaceAll('${password}', 'truth')
      await createRole(sql, 'logto_tenant_truth')
      const files = (await readdir(folder)).filter((file) => !/^_(before|after)/.test(file))
      const texts = await Promise.all(files.map(async (file) => ({ file, text: await read(file) })))
      // the table of tenants is declared in code
      const tenants = await readFile(join(folder, '../lib/models/tenants.js'), 'utf8')
      const text = /`([^`]*create table[^`]*)`/.exec(tenants)?.[1] ?? ''
      texts.push({ file: 'tenants', text: text.replace('${TenantTag.Development}', 'development') })
      const each = await read('_after_each.sql')
      for (const { file, text } of texts.toSorted((a, b) => orderOf(a.text) - orderOf(b.text))) {
        await sql.unsafe(text)
        if (!text.includes('no_after_each')) await sql.unsafe(fill(each, file.replace('.sql', '')))
      }
      await sql.unsafe(fill(await read('_after_all.sql')))
    },
  }
}

function orderOf(text: string): number {
  return Number(/init_order = ([\d.]+)/.exec(text)?.[1] ?? 1000)
}

async function createRole(sql: Sql, role: string): Promise<void> {
  const [found] = await sql`select from pg_roles where rolname = ${role}`
  if (!found) await sql.unsafe(`create role ${role} noinherit`)
}
