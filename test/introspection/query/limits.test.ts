import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { Studio } from '../../../src/index.ts'
import { queryResultSchema } from '../../../src/introspection/query/execute.ts'
import { postgresDatabase } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { describePostgres, withPostgres } from '../../support/postgres.ts'
import { fakeDatabase, sampleProject } from '../../support/project.ts'
import { postPlan } from '../../support/query.ts'

const id = z.int()
const models = {
  Note: z.object({ id, body: z.string(), facts: z.unknown() }).meta({ table: 'notes' }),
  Endless: z.object({ n: id }).meta({ table: 'endless' }),
  Drifted: z.object({ id, users: z.string() }).meta({ table: 'users' }),
  Called: z.object({ id, row_to_json: z.string() }).meta({ table: 'users' }),
}

const tables = `
  create table notes (id int primary key, body text, facts jsonb);
  create table users (id int primary key, password_hash text);
  insert into users values (1, 'canary');
  create view endless as select generate_series(1::bigint, 10000000000) as n;
`

function createStudio(sql: Sql, failures: unknown[] = []): Studio {
  const apps = [{ label: 'a', models: zodModels(models) }]
  const project = sampleProject({ apps, resources: [] })
  return new Studio([], {
    allow: ['read_data'],
    project,
    database: postgresDatabase(sql),
    onError: (error) => void failures.push(error),
  })
}

describePostgres('the limits of a query', ({ createDatabase }) => {
  let sql: Sql
  let studio: Studio
  beforeAll(async () => {
    sql = (await createDatabase({ max: 4 })).sql
    await sql.unsafe(tables)
    studio = createStudio(sql)
  })
  const query = async (plan: object) => {
    const { status, body } = await postPlan(studio, plan)
    expect([status, body.detail]).toEqual([200, undefined])
    const result = queryResultSchema.parse(body)
    return { ...result, rows: result.rows ?? [] }
  }
  const running = () =>
    sql`select 1 from pg_stat_activity where query like '%endless%' and state = 'active' and pid <> pg_backend_pid()`.then(
      ({ length }) => length,
    )

  it('a long cell is truncated and listed in cut_cells with its size', async () => {
    await sql`truncate notes`
    await sql`insert into notes values (1, repeat('ä"', 10000), '{}'), (2, 'short', ${sql.json(Array.from({ length: 9_000 }, () => 1))})`
    const { rows, cut_cells, truncated, limited } = await query({ model: 'Note' })
    expect(cut_cells).toMatchObject([
      { row: 0, field: 'body', bytes: 40_002 },
      { row: 1, field: 'facts' },
    ])
    expect([truncated, limited]).toEqual([true, false])
    expect(rows[0]?.['body']).toMatch(/^(ä"){5000,}ä?$/)
    expect(rows[1]).toMatchObject({ body: 'short', facts: expect.stringMatching(/^\[1, 1, /) })
  })

  it('a cell truncated within an escape sequence is still readable', async () => {
    await sql`truncate notes`
    for (const shift of [0, 1, 2, 3, 4, 5]) {
      await sql`insert into notes values (${shift}, ${'a'.repeat(shift) + '\\\t'.repeat(9_000)}, null)`
    }
    const { rows } = await query({ model: 'Note' })
    for (const { id, body } of rows) {
      const shift = Number(id)
      expect(String(body).slice(0, shift)).toBe('a'.repeat(shift))
      expect(String(body).slice(shift)).toMatch(/^(\\\t)+\\?$/)
    }
    expect(rows).toHaveLength(6)
  })

  it('an answer that grows too large ends early with limited and truncated', async () => {
    await sql`truncate notes`
    await sql`insert into notes select g, repeat('x', 10000), null from generate_series(1, 400) g`
    const { rows, limited, truncated } = await query({ model: 'Note', pagination: { limit: 400 } })
    expect(rows.length).toBeGreaterThan(50)
    expect(JSON.stringify(rows).length).toBeLessThan(1_100_000)
    expect([limited, truncated]).toEqual([true, true])
    const next = await query({ model: 'Note', pagination: { limit: 1, offset: rows.length } })
    expect(next.rows[0]).toMatchObject({ id: rows.length + 1 })
  })

  it('a limit keeps the server from computing further rows', async () => {
    const { rows, limited } = await query({ model: 'Endless', pagination: { limit: 2 } })
    expect([rows.length, limited]).toEqual([2, true])
  })

  it('a query is cancelled on the server when its request is aborted', async () => {
    const controller = new AbortController()
    const pending = postPlan(
      studio,
      { model: 'Endless', filters: [{ field: 'n', lookup: 'lt', value: 0 }] },
      controller.signal,
    ).catch(() => undefined)
    await expect.poll(running).toBe(1)
    const before = performance.now()
    controller.abort()
    await expect.poll(running, { interval: 10 }).toBe(0)
    expect(performance.now() - before).toBeLessThan(2_500) // the query's own timeout is 4 s
    await pending
    expect((await query({ model: 'Endless', pagination: { limit: 1 } })).count).toBe(1)
  })

  it('a query that takes too long answers 503 and ends on the server', async () => {
    const failures: unknown[] = []
    const { status, body } = await postPlan(createStudio(sql, failures), {
      model: 'Endless',
      filters: [{ field: 'n', lookup: 'lt', value: 0 }],
    })
    expect([status, body.detail]).toEqual([
      503,
      'The query failed: the query was cancelled or took too long',
    ])
    await expect.poll(running).toBe(0)
  })

  it('a declared column that the table lacks never selects the whole row or a function of it', async () => {
    for (const plan of [
      { model: 'Drifted' },
      { model: 'Drifted', filters: [{ field: 'users', lookup: 'contains', value: 'canary' }] },
      { model: 'Drifted', sorting: [{ field: 'users' }], select_fields: ['id'] },
      { model: 'Called' },
    ]) {
      const { status, body } = await postPlan(studio, plan)
      expect(status).toBe(400)
      expect(JSON.stringify(body)).not.toContain('canary')
    }
  })

  it('explain returns the SQL and the plan without running the query', async () => {
    const asked = {
      model: 'Endless',
      filters: [{ field: 'n', lookup: 'lt', value: 7 }],
      explain: true,
    }
    const { plan, explanation } = await query(asked)
    expect(plan).not.toHaveProperty('explain')
    expect((await postPlan(studio, asked)).body).toMatchObject({ rows: null, count: null })
    expect(explanation?.sql).toMatch(
      /^select .+ from "endless" .*where "n" < \$1 limit 51 offset 0/,
    )
    expect(explanation?.parameters).toEqual(['7'])
    expect(explanation?.plan).toMatchObject({ 'Plan Rows': expect.any(Number) })
    expect(JSON.stringify(explanation?.plan)).toContain('ProjectSet')
  })
})

describe('more queries than half of the pool', () => {
  const { createDatabase } = withPostgres()

  it('queries beyond half of the pool get 429 until others end', async () => {
    const { sql } = await createDatabase({ max: 4 })
    await sql.unsafe(tables)
    const studio = createStudio(sql)
    const controller = new AbortController()
    const slow = { model: 'Endless', filters: [{ field: 'n', lookup: 'lt', value: 0 }] }
    const pending = [1, 2].map(() => postPlan(studio, slow, controller.signal))
    const active = () =>
      sql`select 1 from pg_stat_activity where query like '%endless%' and state = 'active' and pid <> pg_backend_pid()`.then(
        ({ length }) => length,
      )
    await expect.poll(active).toBe(2)
    const { status, body, headers } = await postPlan(studio, { model: 'Note' })
    expect([status, body.detail, headers.get('retry-after')]).toEqual([
      429,
      '2 queries are running, and at most 2 may run at a time',
      '1',
    ])
    controller.abort()
    await Promise.all(pending)
    expect((await postPlan(studio, { model: 'Note' })).status).toBe(200)
  })
})

describe('an error of the database with secrets', () => {
  it('an error of the database fails the query without its detail, hint or text', async () => {
    const failure = Object.assign(new Error('secret'), {
      code: '22P02',
      detail: 'secret',
      hint: 'secret',
      where: 'secret',
      query: 'secret',
    })
    const database = fakeDatabase({ query: () => Promise.reject(failure) })
    const { status, body } = await postPlan(
      new Studio([], { allow: ['read_data'], project: sampleProject(), database }),
      {
        model: 'Book',
      },
    )
    expect(status).toBe(400)
    expect(JSON.stringify(body)).not.toContain('secret')
  })
})
