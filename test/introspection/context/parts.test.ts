import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { z } from 'zod'
import { Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { at, listAt } from '../../support/json.ts'
import { describePostgres } from '../../support/postgres.ts'
import { sampleProject } from '../../support/project.ts'

describePostgres('the parts of the context', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(`
      create type mood as enum ('calm', 'angry');
      create table people (
        id int primary key, name text not null, feels mood, pin_token text, age int check (age >= 0),
        constraint people_pin_check check (pin_token <> name), unique (name), unique (pin_token)
      );
      comment on table people is 'Those we know';
      create index people_adults on people (name) where age > 17;
      create index people_pins on people (name) include (pin_token);
      create index people_low on people (lower(name));
      create index people_by_pin on people (name) where pin_token is not null;
      create materialized view moods as select feels, count(*) as n from people group by feels;
      create unique index on moods (feels);
    `)
    const Mood = z.object({ feels: z.string(), n: z.int() }).meta({ table: 'moods' })
    const apps = [
      { label: 'a', models: databaseModels() },
      { label: 'b', models: zodModels({ Mood }) },
    ]
    studio = new Studio([], {
      allow: ['read_data'],
      project: sampleProject({ apps }),
      database: postgresDatabase(sql),
    })
  })
  const ask = async (path: string) => {
    const response = await studio.fetch(new Request(`http://studio.test${path}`))
    const body = (await response.json()) as unknown
    return { status: response.status, etag: response.headers.get('etag'), body }
  }

  it('models/:model shows the keys, indexes, checks and enums of a table without a sensitive column', async () => {
    const { body } = await ask('/ai/context/models/a.People')
    expect(body).toMatchObject({
      model: { name: 'People', ai_description: 'Those we know' },
      database: {
        kind: 'table',
        schema: 'public',
        comment: 'Those we know',
        keys: [
          { name: 'people_pkey', kind: 'primary', columns: ['id'] },
          { name: 'people_name_key', kind: 'unique', columns: ['name'] },
        ],
        checks: [{ name: 'people_age_check' }],
        enums: [{ name: 'mood', labels: ['calm', 'angry'] }],
      },
    })
    const indexes = listAt(body, 'database.indexes').map((index) => at(index, 'name'))
    expect(indexes).toEqual(['people_adults', 'people_name_key', 'people_pkey'])
    expect(JSON.stringify(body)).not.toContain('pin')
  })

  it('models/:model shows the indexes and enums of a materialized view', async () => {
    const { body } = await ask('/ai/context/models/Mood')
    expect(body).toMatchObject({
      database: { kind: 'materialized', keys: [], enums: [{ name: 'mood' }] },
    })
    expect(listAt(body, 'database.indexes')).toMatchObject([{ columns: ['feels'], unique: true }])
  })

  it('every part has the content of the full context', async () => {
    const full = (await ask('/ai/context/full')).body
    for (const part of ['models', 'viewsets', 'routes', 'migrations']) {
      const { body, etag } = await ask(`/ai/context/${part}`)
      expect(at(body, part)).toEqual(at(full, part))
      expect(at(body, `${part.slice(0, -1)}_count`)).toBe(listAt(body, part).length)
      expect(etag).toMatch(/^W\//)
    }
    for (const part of ['settings', 'admin']) {
      expect(at((await ask(`/ai/context/${part}`)).body, part)).toEqual(at(full, part))
    }
  })

  it('models/:model answers 404 for an unknown model', async () => {
    const { status, body } = await ask('/ai/context/models/pg_authid')
    expect([status, at(body, 'detail')]).toEqual([404, 'Model "pg_authid" not found'])
  })

  it('/ai/query/models lists the fields a plan may name, and /ai/query/plan/schema its lookups', async () => {
    const models = listAt((await ask('/ai/query/models')).body, 'models')
    expect(models.map((model) => at(model, 'name'))).toEqual(['People', 'Mood'])
    const fields = listAt(models[0], 'fields').map((field) => at(field, 'name'))
    expect(fields).toEqual(['id', 'name', 'feels', 'age'])
    const request = new Request('http://studio.test/ai/query/plan/schema', { method: 'POST' })
    const schema = (await (await studio.fetch(request)).json()) as unknown
    expect(schema).toMatchObject({
      schema: { type: 'object', required: ['model'], additionalProperties: false },
      supported_lookups: [
        'exact',
        'gt',
        'gte',
        'lt',
        'lte',
        'in',
        'isnull',
        'contains',
        'icontains',
      ],
    })
  })
})
