import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { Studio } from '../../../src/index.ts'
import { objectListSchema, objectSchemas } from '../../../src/introspection/database/wire.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'
import { sampleProject } from '../../support/project.ts'

const tables = `
  create type mood as enum ('sad', 'glad');
  create domain cents as bigint check (value >= 0);
  create type pair as (a int, b text);
  create table users (id serial primary key, name text, password_hash text);
  create table internal_notes (id serial primary key, text text);
  create sequence tickets start 5 increment 2;
  create function touch() returns trigger language plpgsql security definer as 'begin return new; end';
  comment on function touch is 'Marks a change';
  create trigger touch_users before update on users for each row execute function touch();
  create trigger touch_notes before update on internal_notes for each row execute function touch();
  create trigger touch_secret before update on users for each row when (old.password_hash is null) execute function touch();
  alter table users enable row level security;
  create policy own_rows on users for select to public using (name = current_user);
  create policy by_secret on users for select using (password_hash is not null);
  create policy by_notes on users for update using (exists (select 1 from internal_notes));
  grant select, insert on users to public;
  create view names as select id, name, password_hash as p from users;
`

describePostgres('GET /ai/context/database/:kind', ({ createDatabase }) => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
  })

  const list = async (kind: keyof typeof objectSchemas) => {
    const models = databaseModels({ expose: (table) => !table.startsWith('internal') })
    const project = sampleProject({ apps: [{ label: 'a', models }], resources: [] })
    const studio = new Studio([], { project, database: postgresDatabase(sql) })
    const response = await studio.fetch(
      new Request(`http://studio.test/ai/context/database/${kind}`),
    )
    const text = await response.text()
    expect(response.status).toBe(200)
    expect(text).not.toMatch(/internal_notes|password/)
    const { items, count } = objectListSchema.parse(JSON.parse(text))
    expect(count).toBe(items.length)
    return items.map((item) => objectSchemas[kind].strict().parse(item))
  }

  it('answers 404 for another kind and names those there are', async () => {
    const studio = new Studio([], { project: sampleProject(), database: postgresDatabase(sql) })
    const response = await studio.fetch(
      new Request('http://studio.test/ai/context/database/constructor'),
    )
    expect(response.status).toBe(404)
    expect(await response.text()).toContain('functions, grants, policies')
  })

  it('lists functions without their bodies', async () => {
    expect(await list('functions')).toMatchObject([
      {
        name: 'touch',
        kind: 'function',
        returns: 'trigger',
        security_definer: true,
        comment: 'Marks a change',
      },
    ])
  })

  it('lists triggers and policies of visible tables, without expressions about hidden columns', async () => {
    expect(await list('triggers')).toMatchObject([
      { table: 'users', name: 'touch_secret', definition: null },
      {
        table: 'users',
        name: 'touch_users',
        function: 'public.touch',
        definition: expect.stringMatching(/BEFORE UPDATE/),
      },
    ])
    expect(await list('policies')).toMatchObject([
      { name: 'by_notes', using: null, withheld: true, command: 'update' },
      { name: 'by_secret', using: null, withheld: true, roles: ['public'] },
      { name: 'own_rows', using: expect.stringMatching(/name/), withheld: false },
    ])
  })

  it('lists the privileges of each role', async () => {
    const grants = await list('grants')
    expect(grants).toContainEqual({
      schema: 'public',
      table: 'users',
      model: 'User',
      role: 'public',
      privileges: ['INSERT', 'SELECT'],
      grantable: [],
    })
    expect(grants).toHaveLength(2)
  })

  it('lists sequences, types and views', async () => {
    expect(await list('sequences')).toMatchObject([
      { name: 'tickets', start: '5', increment: '2', owned_by: null },
      { name: 'users_id_seq', owned_by: { table: 'users', column: 'id' } },
    ])
    expect(await list('types')).toMatchObject([
      { name: 'mood', kind: 'enum', labels: ['sad', 'glad'] },
      { name: 'cents', kind: 'domain', base_type: 'bigint', checks: [{}] },
      {
        name: 'pair',
        kind: 'composite',
        attributes: [{ name: 'a', type: 'integer' }, { name: 'b' }],
      },
    ])
    expect(await list('views')).toMatchObject([
      { table: 'names', model: 'Name', columns: ['id', 'name'] },
    ])
  })
})
