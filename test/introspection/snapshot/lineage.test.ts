import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { listAt, at } from '../../support/json.ts'
import { describePostgres } from '../../support/postgres.ts'
import { fakeDatabase, sampleProject } from '../../support/project.ts'
import { postPlan } from '../../support/query.ts'

/** A view, its columns, and those that clients must not see. */
interface Case {
  readonly sql: string
  readonly columns: readonly string[]
  readonly secret: readonly string[]
}

const users = 'id, name, password_hash, ssn'
const cases: Readonly<Record<string, Case>> = {
  Plain: { sql: 'select id, name from users', columns: ['id', 'name'], secret: [] },
  Renamed: {
    sql: 'select id, name, password_hash as p from users',
    columns: ['id', 'name', 'p'],
    secret: ['p'],
  },
  Declared: {
    sql: 'select id, ssn as number from users',
    columns: ['id', 'number'],
    secret: ['number'],
  },
  Computed: {
    sql: 'select id, md5(password_hash) as m from users',
    columns: ['id', 'm'],
    secret: ['m'],
  },
  Harmless: {
    sql: 'select id, lower(name) as low, length(name) as long from users',
    columns: ['id', 'low', 'long'],
    secret: [],
  },
  WholeRow: {
    sql: 'select id, to_jsonb(users) as everything from users',
    columns: ['id', 'everything'],
    secret: ['everything'],
  },
  WholeRowOfQuery: {
    sql: `select q.id, to_jsonb(q) as everything from (select ${users} from users) q`,
    columns: ['id', 'everything'],
    secret: ['everything'],
  },
  Subquery: {
    sql: 'select id, (select max(ssn) from users u where u.id = users.id) as x from users',
    columns: ['id', 'x'],
    secret: ['x'],
  },
  Derived: {
    sql: `select q.id, q.s as t from (select id, ssn as s from users) q`,
    columns: ['id', 't'],
    secret: ['t'],
  },
  Common: {
    sql: `with q as materialized (select id, ssn as s from users) select id, s from q`,
    columns: ['id', 's'],
    secret: ['s'],
  },
  United: {
    sql: 'select name as v from users union all select ssn from users',
    columns: ['v'],
    secret: ['v'],
  },
  Grouped: {
    sql: 'select name, ssn as g, count(*) as n from users group by name, ssn',
    columns: ['name', 'g', 'n'],
    secret: ['g', 'n'],
  },
  Joined: {
    sql: 'select a.id, a.name, b.ssn as other from users a left join users b using (id)',
    columns: ['id', 'name', 'other'],
    secret: ['other'],
  },
  OfView: {
    sql: `select id, p as q from "Renamed"`,
    columns: ['id', 'q'],
    secret: ['q'],
  },
  FromFunction: {
    sql: 'select id, y from read_secrets()',
    columns: ['id', 'y'],
    secret: ['id', 'y'],
  },
  ByFunction: {
    sql: 'select id, name, read_secret(id) as y from users',
    columns: ['id', 'name', 'y'],
    secret: ['y'],
  },
  AboveFunction: {
    sql: 'select id, y as z from "ByFunction"',
    columns: ['id', 'z'],
    secret: ['z'],
  },
  ByPureFunction: {
    sql: 'select id, shout(name) as y from users',
    columns: ['id', 'y'],
    secret: [],
  },
  OddName: {
    sql: 'select id, name as "a)}\\ b", ssn as "({c" from users',
    columns: ['id', 'a)}\\ b', '({c'],
    secret: ['({c'],
  },
}

const tables = `
  create table users (id int primary key, name text, password_hash text, ssn text);
  insert into users values (1, 'Ada', 'canary', 'canary');
  create function read_secrets() returns table (id int, y text) language sql as 'select id, ssn from users';
  create function read_secret(user_id int) returns text language plpgsql stable as
    'begin return (select ssn from users where id = user_id); end';
  create function shout(name text) returns text language sql immutable as 'select upper(name)';
  ${Object.entries(cases)
    .map(([name, { sql }]) => `create view "${name}" as ${sql};`)
    .join('\n')}
  create view released as select id, md5(ssn) as m from users;
  create materialized view "Stored" as select id, password_hash as p from users;
  create table made (id int primary key, secret text, m text generated always as (md5(secret)) stored,
    n int generated always as (id + 1) stored);
  insert into made (id, secret) values (1, 'canary');
  create table parent (id int, at date, pin text) partition by range (at);
  create table child partition of parent for values from ('2020-01-01') to ('2030-01-01');
  insert into parent values (1, '2024-01-01', 'canary');
  alter table users add unique (ssn), add unique (name, ssn);
  create table claims (id int primary key, person text unique references users (ssn));
  create table payments (id int primary key, payer text references claims (person));
  create table visits (id int primary key, name text, person text, foreign key (name, person) references users (name, ssn));
  insert into claims values (1, 'canary'); insert into payments values (1, 'canary');
  insert into visits values (1, 'Ada', 'canary');
  create view claimants as select id, lower(payer) as low from payments;
`

const object = (columns: readonly string[]) =>
  z.object(Object.fromEntries(columns.map((name) => [name, z.string().nullable()])))

const sensitiveText = z.string().meta({ sensitive: true })
const models = {
  User: object(['id', 'name', 'password_hash']).extend({ ssn: sensitiveText }),
  ...Object.fromEntries(
    Object.entries(cases).map(([name, { columns }]) => [
      name,
      object(columns).meta({ table: name }),
    ]),
  ),
  Stored: object(['id', 'p']).meta({ table: 'Stored' }),
  Made: object(['id', 'm', 'n']).meta({ table: 'made' }),
  Parent: object(['id', 'at', 'pin']).meta({ table: 'parent' }),
  Child: object(['id', 'at']).extend({ pin: sensitiveText }).meta({ table: 'child' }),
  Claim: object(['id', 'person']),
  Payment: object(['id', 'payer']),
  Visit: object(['id', 'name', 'person']),
  Claimant: object(['id', 'low']),
  SameTable: object(['id', 'ssn']).meta({ table: 'users', schema: 'public' }),
  Released: object(['id'])
    .extend({ m: z.string().meta({ sensitive: false }) })
    .meta({ table: 'released' }),
}

const expected: readonly (readonly [string, readonly string[], readonly string[]])[] = [
  ...Object.entries(cases).map(([name, { columns, secret }]) => [name, columns, secret] as const),
  ['Stored', ['id', 'p'], ['p']],
  ['Made', ['id', 'm', 'n'], ['m']],
  ['Parent', ['id', 'at', 'pin'], ['pin']],
  ['SameTable', ['id', 'ssn'], ['ssn']],
  ['Claim', ['id', 'person'], ['person']],
  ['Payment', ['id', 'payer'], ['payer']],
  ['Visit', ['id', 'name', 'person'], ['person']],
  ['Claimant', ['id', 'low'], ['low']],
]

describePostgres('a column derived from a sensitive one', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
    const apps = [{ label: 'a', models: zodModels(models) }]
    studio = new Studio([], {
      allow: ['read_data'],
      project: sampleProject({ apps, resources: [] }),
      database: postgresDatabase(sql),
    })
  })

  it.each(expected)(
    'a column of %s that derives from a sensitive one is hidden',
    async (model, columns, secret) => {
      const visible = columns.filter((name) => !secret.includes(name))
      const { status, body } = await postPlan(studio, { model })
      expect(status).toBe(visible.length > 0 ? 200 : 400)
      expect(JSON.stringify(body)).not.toContain('canary')
      expect(Object.keys(body.rows?.[0] ?? {})).toEqual(visible)
      for (const field of secret) {
        for (const plan of [
          { select_fields: [field] },
          { sorting: [{ field }] },
          { filters: [{ field, lookup: 'contains', value: 'c' }] },
        ]) {
          expect((await postPlan(studio, { model, ...plan })).status).toBe(400)
        }
      }
      const context = await studio.fetch(
        new Request(`http://studio.test/ai/context/models/${model}`),
      )
      const fields = listAt(await context.json(), 'model.fields').map((field) => at(field, 'name'))
      expect(fields).toEqual(visible)
    },
  )

  it('a derived column with sensitive: false is visible', async () => {
    const { body } = await postPlan(studio, { model: 'Released' })
    expect(body.rows?.[0]).toMatchObject({ m: expect.stringMatching(/^[0-9a-f]{32}$/) })
  })

  it('a generated column that derives from a sensitive one is hidden in live models and in the diff', async () => {
    const project = sampleProject({
      apps: [{ label: 'a', models: databaseModels() }],
      resources: [],
    })
    const database = postgresDatabase(sql)
    const { body } = await postPlan(new Studio([], { allow: ['read_data'], project, database }), {
      model: 'Made',
    })
    expect(body.rows).toEqual([{ id: 1, n: 2 }])
    const diff = await new Studio([], { allow: ['read_data'], project, database }).fetch(
      new Request('http://studio.test/ai/schema/diff?table=made'),
    )
    const columns = at(await diff.json(), 'tables.made.database.columns')
    expect(Object.keys(columns as object)).toEqual(['id', 'n'])
  })
})

describe('a database whose lineage cannot be read', () => {
  it('a query is refused with 503 if the lineage of columns cannot be read', async () => {
    const failure = Object.assign(new Error(), { code: '42501' })
    const database = fakeDatabase({ read: () => Promise.reject(failure) })
    const studio = new Studio([], { allow: ['read_data'], project: sampleProject(), database })
    const { status, body } = await postPlan(studio, { model: 'Book' })
    expect([status, body.detail]).toEqual([
      503,
      'No data is shown: the models and their sensitive columns could not be read yet; see GET /studio/health',
    ])
  })
})
