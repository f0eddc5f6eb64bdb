import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { databaseModels } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createQueryStudio } from '../../support/query.ts'

const tables = `
  create table users (id int primary key, name text not null, password_hash text, iban text);
  insert into users values (1, 'Ada', 'canary-hash', 'canary-iban'), (2, 'Bel', 'canary-hash', 'canary-iban');
  create view active_users as select id, name, password_hash as p, upper(iban) as i from users;
  create view counted as select p, count(*) as n from active_users group by p;
  create view deeper as select id, p, i as "I" from active_users;
  create materialized view user_names as select name, id from users;
  create unique index on user_names (id);
  create materialized view empty_names as select name from users with no data;
  create view broken as select 1 / (id - id) as n from users;
  create table internal_notes (id int primary key, text text);
  create view notes as select * from internal_notes;
  create view more_notes as select * from notes;
  create view "user" as select 1 as one;
`

describePostgres('views in a plan', ({ createDatabase }) => {
  let sql: Sql
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(tables)
  })
  const names = async (studio: ReturnType<typeof createQueryStudio>['studio']) => {
    const response = await studio.fetch(new Request('http://studio.test/ai/query/models'))
    const { models } = (await response.json()) as { models: { name: string; kind: string }[] }
    return models.map(({ name, kind }) => `${kind} ${name}`)
  }

  it('views and materialized views are models that plans can name', async () => {
    const { studio, rows, query } = createQueryStudio(sql)
    expect(await names(studio)).toEqual([
      'table InternalNote',
      'table User',
      'view ActiveUser',
      'view Broken',
      'view Counted',
      'view Deeper',
      'materialized EmptyName',
      'view MoreNote',
      'view Note',
      'materialized UserName',
      'view user',
    ])
    const plan = { model: 'UserName', filters: [{ field: 'name', value: 'Bel' }] }
    expect(await rows(plan)).toEqual([{ name: 'Bel', id: 2 }])
    expect((await query({ model: 'UserName' })).unstable).toBe(true)
    const aggregates = [{ function: 'count' }]
    expect(await rows({ model: 'ActiveUser', aggregates })).toEqual([{ count: 2 }])
  })

  it('views are no models of the project: they change neither counts nor checksums', async () => {
    const { studio } = createQueryStudio(sql)
    const response = await studio.fetch(new Request('http://studio.test/studio/context/summary'))
    expect(await response.json()).toMatchObject({ model_count: 2 })
  })

  it('columns made of sensitive ones are unknown in every position, through views of views', async () => {
    const models = databaseModels({ sensitive: ['users.iban'] })
    const { rows, refused } = createQueryStudio(sql, models)
    expect(JSON.stringify(await rows({ model: 'ActiveUser' }))).not.toContain('anary')
    expect(await rows({ model: 'Deeper' })).toEqual([{ id: 1 }, { id: 2 }])
    expect((await refused({ model: 'Counted' })).select_fields).toMatch(/no fields/)
    const limit = { pagination: { limit: 5 } }
    for (const [field, model] of [
      ['p', 'ActiveUser'],
      ['i', 'ActiveUser'],
      ['p', 'Deeper'],
      ['I', 'Deeper'],
    ]) {
      const filter = { field, lookup: 'contains', value: 'c' }
      for (const [path, part] of Object.entries({
        'select_fields.0': { select_fields: [field] },
        'filters.0.field': { filters: [filter] },
        'filters.0.not.or.0.field': { filters: [{ not: { or: [filter] } }] },
        'sorting.0.field': { sorting: [{ field }] },
        'group_by.0': { group_by: [field], ...limit },
        'aggregates.0.field': { aggregates: [{ function: 'min', field }] },
      })) {
        expect(Object.keys(await refused({ model, ...part }))).toEqual([path])
      }
      const distinct = await refused({ model, distinct: true, select_fields: [field] })
      expect(Object.keys(distinct)).toEqual(['select_fields.0'])
    }
  })

  it('a view over a hidden table is hidden, unless the project exposes it by its name', async () => {
    const expose = (table: string) => !table.startsWith('internal_')
    const hidden = createQueryStudio(sql, databaseModels({ expose }))
    expect(await names(hidden.studio)).not.toContain('view Note')
    expect(await names(hidden.studio)).not.toContain('view MoreNote')
    const listed = createQueryStudio(sql, databaseModels({ expose: ['users', 'more_notes'] }))
    expect(await names(listed.studio)).toEqual(['table User', 'view MoreNote'])
  })

  it('a view that a model declares is that model', async () => {
    const Name = z
      .object({ id: z.int(), name: z.string() })
      .meta({ table: 'user_names', exposed: false })
    const { studio } = createQueryStudio(sql, {
      ...databaseModels(),
      read: zodModels({ Name }).read,
    })
    expect(await names(studio)).not.toContain('materialized UserName')
  })

  it('a view without data, and one that fails by itself, are no fault of the plan', async () => {
    const { post } = createQueryStudio(sql)
    const empty = await post({ model: 'EmptyName' })
    expect([empty.status, empty.body.detail]).toEqual([
      503,
      'The materialized view of the model "EmptyName" has no data yet',
    ])
    const broken = await post({ model: 'Broken' })
    expect([broken.status, broken.body.detail]).toEqual([
      503,
      'The view of the model "Broken" fails on its own data',
    ])
  })
})
