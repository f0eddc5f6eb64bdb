import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { Studio } from '../../../src/index.ts'
import { databaseModels, postgresDatabase } from '../../../src/postgres.ts'
import { at, listAt } from '../../support/json.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createTestStudio, sampleProject } from '../../support/project.ts'

describePostgres('the panels over PostgreSQL', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  beforeAll(async () => {
    sql = (await createDatabase()).sql
    await sql.unsafe(`
      create type mood as enum ('calm', 'angry');
      create table people (
        id int generated always as identity primary key, name text not null default 'Ada', feels mood,
        pin_token text, age int check (age >= 0), check (pin_token <> name),
        initial text generated always as (left(name, 1)) stored, unique (pin_token),
        created_at timestamptz not null default now(), updated_at timestamptz
      );
      comment on table people is 'Those we know';
      create index people_adults on people (name) where age > 17;
      create table notes (person_id int primary key references people on delete cascade, body varchar(80));
      create table visits (person_id int references people, at timestamptz);
    `)
    studio = new Studio([], {
      project: sampleProject({
        apps: [{ label: 'a', models: databaseModels() }],
        resources: [],
        routes: [],
      }),
      database: postgresDatabase(sql),
    })
  })
  const ask = async (path: string): Promise<unknown> =>
    (await studio.fetch(new Request(`http://studio.test${path}`))).json()

  it('models/inspect/:model shows fields, relations, constraints and the statement of a table, without a sensitive column', async () => {
    const model = await ask('/studio/models/inspect/a.People')
    expect(model).toMatchObject({
      name: 'People',
      table_name: 'people',
      app_label: 'a',
      num_fields: 7,
      num_relationships: 0,
      has_timestamps: true,
      pk_field: 'id',
      pk_type: 'integer',
      ai_description: 'Those we know',
      comments: ['Timestamps of creation and update', 'Has sensitive fields, which are left out'],
    })
    expect(JSON.stringify(model)).not.toContain('pin')
    const feels = listAt(model, 'fields').find((field) => at(field, 'name') === 'feels')
    expect(feels).toMatchObject({ choices: ['calm', 'angry'], nullable: true, has_default: false })
    expect(listAt(model, 'constraints').map((one) => [at(one, 'kind'), at(one, 'name')])).toEqual([
      ['primary_key', 'people_pkey'],
      ['index', 'people_adults'],
      ['check', 'people_age_check'],
    ])
  })

  it('the statement of a table creates a table with the same columns', async () => {
    const statement = String(at(await ask('/studio/models/inspect/People'), 'create_table_sql'))
    await sql.unsafe('create schema copy')
    await sql.unsafe(statement.replace('"public"."people"', '"copy"."people"'))
    const columns = await sql`
      select column_name, data_type, is_nullable from information_schema.columns
      where table_name = 'people' and column_name <> 'pin_token'
      order by table_schema, ordinal_position`
    const names = columns.map((column) => JSON.stringify(column))
    expect(names).toHaveLength(14)
    expect(names.slice(0, 7)).toEqual(names.slice(7))
    await sql.unsafe('drop schema copy cascade')
  })

  it('models/inspect/all counts models, fields and relations, and tells one-to-one relations apart', async () => {
    const all = await ask('/studio/models/inspect/all')
    const models = listAt(all, 'models')
    const sum = (key: string) =>
      models.reduce<number>((total, model) => total + Number(at(model, key)), 0)
    expect(all).toMatchObject({
      total_count: models.length,
      total_fields: sum('num_fields'),
      total_relationships: sum('num_relationships'),
    })
    const kindOf = (name: string) =>
      listAt(
        models.find((model) => at(model, 'name') === name),
        'relationships',
      )
    expect(kindOf('Note')).toMatchObject([
      {
        field_name: 'person_id',
        kind: 'o2o',
        target_model: 'People',
        target_table: 'people',
        on_delete: 'CASCADE',
      },
    ])
    expect(kindOf('Visit')).toMatchObject([{ kind: 'fk' }])
  })

  it('diagnostics have the issues of schema health, with what to do about each', async () => {
    const report = await ask('/studio/diagnostics')
    const health = await ask('/ai/schema/health')
    const issues = listAt(report, 'issues')
    expect(issues.map((issue) => at(issue, 'id'))).toEqual(
      listAt(health, 'issues').map((issue) => at(issue, 'id')),
    )
    expect(issues.length).toBeGreaterThan(0)
    expect(at(report, 'stats')).toEqual({
      total: issues.length,
      errors: at(health, 'issue_counts.danger'),
      warnings: at(health, 'issue_counts.warning'),
      info: at(health, 'issue_counts.info'),
    })
    const unindexed = issues.find((issue) => /foreign.key/i.test(String(at(issue, 'title'))))
    expect(listAt(unindexed, 'actions')[0]).toMatchObject({ kind: 'run_sql' })
    expect(JSON.stringify(report)).not.toContain('pin_token')
  })
})

it('models/inspect describes models without a database by their fields', async () => {
  const { get, send } = createTestStudio()
  expect(await get('/studio/models/inspect/Book')).toMatchObject({
    num_relationships: 1,
    relationships: [{ kind: 'fk', target_model: 'Author', target_table: 'authors' }],
    create_table_sql: '',
  })
  const unknown = await send('/studio/models/inspect/pg_authid')
  expect(unknown.status).toBe(404)
  expect(await unknown.json()).toMatchObject({ detail: 'Model not found: pg_authid' })
})

it('diagnostics answer while the database is away', async () => {
  const { get } = createTestStudio()
  expect(await get('/studio/diagnostics')).toMatchObject({
    status: 'error',
    stats: { total: 1, errors: 1, warnings: 0, info: 0 },
    issues: [{ id: 'system.database.not_configured', severity: 'error' }],
  })
})
