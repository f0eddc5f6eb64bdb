import { readdir, readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { startBoss } from './pg-boss.ts'
import { installTool, unpackPackage } from './tools.ts'

/** A database schema from another project. */
export interface ForeignSchema {
  readonly schema: string
  /** Creates the schema in an empty database with the project's own migrations. */
  create(sql: Sql, url: string): Promise<void>
}

/** Schemas of other projects, created by their own migrations from npm packages that the test downloads. */
export const foreignSchemas: Readonly<Record<string, ForeignSchema>> = {
  'graphile-worker': {
    schema: 'graphile_worker',
    async create(sql) {
      const folder = join(await unpackPackage('graphile-worker', 'graphile-worker@0.18.0'), 'sql')
      await sql.unsafe('create schema graphile_worker')
      for (const file of (await readdir(folder)).sort()) {
        const text = await readFile(join(folder, file), 'utf8')
        await sql.unsafe(text.replaceAll(/:GRAPHILE_WORKER_SCHEMA\b/g, 'graphile_worker'))
      }
    },
  },
  'Backstage catalog': knexSchema('backstage-catalog', '@backstage/plugin-catalog-backend@4.0.0'),
  'Medusa pricing': mikroOrmSchema('medusa-pricing', '@medusajs/pricing@2.12.1'),
  'Medusa product': mikroOrmSchema('medusa-product', '@medusajs/product@2.12.1'),
  'pg-boss': {
    schema: 'pgboss',
    async create(_sql, url) {
      const boss = await startBoss(url)
      await boss.stop({ graceful: false })
    },
  },
}

type Knex = (options: { client: string; connection: string }) => {
  migrate: { latest(options: { directory: string }): Promise<unknown> }
  destroy(): Promise<void>
}

function knexSchema(name: string, spec: string): ForeignSchema {
  return {
    schema: 'public',
    async create(_sql, url) {
      const directory = join(await unpackPackage(name, spec), 'migrations')
      const modules = await installTool('knex', 'knex@3.1.0 pg@8.16.3')
      const knex = createRequire(join(modules, 'x.js'))('knex') as Knex
      const client = knex({ client: 'pg', connection: url })
      try {
        await client.migrate.latest({ directory })
      } finally {
        await client.destroy()
      }
    },
  }
}

/** A stand-in for the base class of MikroORM migrations, which only collects SQL. */
function mikroOrmSchema(name: string, spec: string): ForeignSchema {
  return {
    schema: 'public',
    async create(sql) {
      const folder = join(await unpackPackage(name, spec), 'dist/migrations')
      const files = (await readdir(folder)).filter((file) => /^\w+\.js$/.test(file))
      for (const file of files.sort()) {
        const statements = await collectSql(sql, join(folder, file))
        for (const statement of statements) await sql.unsafe(statement)
      }
    },
  }
}

async function collectSql(sql: Sql, file: string): Promise<readonly string[]> {
  const statements: string[] = []
  class Migration {
    addSql(statement: string): void {
      statements.push(statement)
    }
    async execute(statement: string): Promise<unknown> {
      return sql.unsafe(statement)
    }
  }
  const exported: Record<string, new () => { up(): unknown }> = {}
  const run = new Function('require', 'exports', await readFile(file, 'utf8')) as (
    require: () => object,
    exports: object,
  ) => void
  run(() => ({ Migration }), exported)
  for (const One of Object.values(exported)) await new One().up()
  return statements
}
