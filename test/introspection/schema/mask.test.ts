import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineProject, type ModelSource } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { createTestStudio } from '../../support/project.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

const statements = `
  create schema auth;
  create table users (id serial primary key, "Email" text not null);
  create table auth.users (id serial primary key, api_token char(10) not null, "Reset_Token" text not null);
  create table covert_things (id serial primary key, "Odd" text not null, user_id int references users);
  create table covert_parts (id int, k int) partition by hash (id);
  create table covert_parts_p0 partition of covert_parts for values with (modulus 1, remainder 0) partition by hash (k);
  create table covert_parts_p1 partition of covert_parts_p0 for values with (modulus 1, remainder 0);
  alter table covert_parts_p1 set (autovacuum_enabled = off);
  create view covert_view as select * from covert_things;
  create view covert_view_of_view as select "Odd" as "Odder" from covert_view;
  create table orders (id int primary key, covert_id int references covert_things);`

let sql: Sql
beforeAll(async () => {
  ;({ sql } = await createSharedDatabase())
  await sql.unsafe(statements)
})
afterAll(() => sql.end())

const readText = async (models: ModelSource, path: string) => {
  const project = defineProject({
    name: 'Shop',
    apps: [{ label: 'shop', models }],
    schemaHealth: { preset: 'all' },
  })
  return JSON.stringify(
    await createTestStudio({ database: postgresDatabase(sql), project }).get(path),
  )
}

describe('The mask of schema issues', () => {
  const User = z.object({ id: z.int(), Email: z.string() }).meta({ table: 'users' })

  it.each([
    ['a schema', User.meta({ table: 'users', schema: 'public' })],
    ['no schema', User],
  ])(
    'hides secrets of a table by its schema, for a model of the same table name with %s',
    async (_what, model) => {
      const text = await readText(zodModels({ User: model }), '/ai/schema/issues')
      expect(text).toContain('Email')
      expect(text).not.toMatch(/api_token|Reset_Token/)
    },
  )

  it.each(['/ai/schema/issues', '/ai/schema/health', '/ai/schema/diff'])(
    'keeps tables that are not exposed, their partitions, views and sequences out of %s',
    async (path) => {
      const text = await readText(databaseModels({ expose: ['users', 'orders'] }), path)
      expect(text).toMatch(/users/)
      expect(text).not.toMatch(/covert_(things|parts|view)|Odd/)
    },
  )

  it('shows a view over a table that is not exposed if the view has a visible model', async () => {
    const View = z.object({ id: z.int(), Missing: z.string() }).meta({ table: 'covert_view' })
    const Thing = z.object({ id: z.int() }).meta({ table: 'covert_things', exposed: false })
    const text = await readText(zodModels({ View, Thing }), '/ai/schema/issues')
    expect(text).toContain('covert_view')
    expect(text).not.toContain('covert_things')
  })
})
