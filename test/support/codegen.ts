import type { Sql } from 'postgres'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { defineProject, type Project } from '../../src/index.ts'
import { databaseModels, postgresDatabase, sqlMigrations } from '../../src/postgres.ts'
import { createTestStudio, type TestStudioOptions } from './studio.ts'
import type { Shown, TestFolder } from './workspace.ts'

/** The tables of the project, as its only migration makes them. */
const shopTables = `
create schema shop;
create table shop.customers (id serial primary key, name text not null);
create table shop.orders (id bigint generated always as identity primary key,
  customer integer not null references shop.customers, note text, amount numeric(10,2) not null default 0);
create index orders_customer on shop.orders (customer);
create table shop.kept (id integer primary key, secret_thing text);
`

const journal = `create table aksara_migrations (id serial primary key, name varchar(255) not null unique,
  app_label varchar(255), checksum varchar(64), applied_at timestamptz default now());`

/** Makes the database of the project, with its first migration applied, and the folder `db/shop` that has it. */
export async function createShop(sql: Sql, folder: TestFolder): Promise<void> {
  await folder.write('db/shop/0001_start.sql', shopTables)
  await sql.unsafe(shopTables)
  await sql.unsafe(journal)
  await record(sql, '0001_start')
}

/** Records that a migration ran. */
export async function record(sql: Sql, name: string): Promise<void> {
  await sql`insert into aksara_migrations (name, app_label) values (${name}, 'shop')`
}

/** The project of `createShop`, which does not expose the table `kept`. */
export function shopProject(
  folder: Pick<TestFolder, 'root'>,
  parts: Partial<Project['apps'][number]> = {},
) {
  const { migrations = sqlMigrations(`${folder.root}/db/shop`), models } = parts
  return defineProject({
    name: 'shop',
    apps: [
      {
        label: 'shop',
        models:
          models ??
          databaseModels({ schemas: ['shop', 'public'], expose: (table) => table !== 'kept' }),
        ...(migrations ? { migrations } : {}),
      },
      { label: 'plain' },
    ],
  })
}

/** What a test of generated migrations may set. */
export interface CodegenOptions extends TestStudioOptions {
  readonly write?: readonly string[]
}

/** Makes a studio that may write migrations into a folder. */
export async function createCodegenStudio(
  folder: TestFolder,
  sql: Sql,
  { write = ['db/**'], ...options }: CodegenOptions = {},
) {
  const studio = await createTestStudio({
    project: shopProject(folder),
    database: postgresDatabase(sql),
    workspace: nodeWorkspace({ root: folder.root, write }),
    allow: ['ai_codegen'],
    changes: { approve: 'never' },
    snapshotMaxAgeMs: 0,
    ...options,
  })
  const confirmed = { headers: { 'x-ai-apply': 'true' } }
  const preview = (body: unknown) => studio.post('/ai/codegen/preview', body)
  return {
    ...studio,
    confirmed,
    preview,
    /** Previews changes of the app `shop`; resolves to the answer. */
    change: (...changes: readonly object[]) => preview({ app: 'shop', changes }),
    /** Previews changes, and fails unless they are shown. */
    async propose(...changes: readonly object[]): Promise<Shown> {
      const answer = await preview({ app: 'shop', changes })
      if (answer.status !== 200) throw new Error(JSON.stringify(answer.body))
      const { change_set } = answer.body as { change_set: Shown }
      return { id: change_set.id, digest: change_set.digest }
    },
    apply: ({ id, digest }: Shown, init = confirmed) =>
      studio.post(`/ai/changes/${id}/apply`, { expected_digest: digest }, init),
    rollBack: ({ id }: Pick<Shown, 'id'>) =>
      studio.post(`/ai/changes/${id}/rollback`, {}, confirmed),
  }
}

/** A change that adds a column to the orders. */
export const addPhone = {
  op: 'add_column',
  schema: 'shop',
  table: 'orders',
  column: { name: 'phone', type: 'varchar(40)' },
}
