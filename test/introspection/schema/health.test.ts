import type { Sql } from 'postgres'
import { z } from 'zod'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { defineProject, type SchemaHealthOptions } from '../../../src/index.ts'
import { type SchemaHealth, schemaHealthSchema } from '../../../src/introspection/schema/wire.ts'
import { databaseModels, postgresDatabase, toBaseline } from '../../../src/postgres.ts'
import { zodModels } from '../../../src/zod.ts'
import { createTestStudio, fakeDatabase } from '../../support/project.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

const User = z.object({
  id: z.int(),
  name: z.string(),
  password_hash: z.string(),
})

const statements = `
  create table users (id bigint generated always as identity primary key, name text, password_hash int not null, "api-key" text);
  create index by_hash on users (password_hash); create index by_hash_again on users (password_hash);
  create table notes (user_id bigint references users, text text);
  create table old_logs (id bigint primary key, line text not null);`

let sql: Sql
beforeAll(async () => {
  ;({ sql } = await createSharedDatabase())
  await sql.unsafe(statements)
})
afterAll(() => sql.end())

function createStudio(schemaHealth?: SchemaHealthOptions, models = zodModels({ User })) {
  return createTestStudio({
    database: postgresDatabase(sql),
    project: defineProject({
      name: 'Shop',
      apps: [{ label: 'shop', models }],
      ...(schemaHealth ? { schemaHealth } : {}),
    }),
  })
}

const readHealth = async (options?: SchemaHealthOptions) =>
  schemaHealthSchema.parse(await createStudio(options).get('/ai/schema/health'))
const idsOf = ({ issues }: Pick<SchemaHealth, 'issues'>) => issues.map(({ id }) => id)

describe('GET /ai/schema/health', () => {
  it('schema health lists drift and findings by severity, and counts them', async () => {
    const health = await readHealth({ preset: 'all' })
    expect(health).toMatchObject({ status: 'danger', suppressed_count: 0, withheld_count: 0 })
    expect(health.db_version).toMatch(/^PostgreSQL \d+/)
    const kinds = health.issues.map(({ kind, rule }) => (kind === 'lint' ? rule : kind))
    expect(kinds).toEqual(
      expect.arrayContaining([
        'nullability_mismatch',
        'type_mismatch',
        'extra_column',
        'extra_table',
        'no-primary-key',
        'unindexed-foreign-key',
        'duplicate-index',
        'quoted-name',
      ]),
    )
    const { issue_counts: counts } = health
    const count = (severity: string) =>
      health.issues.filter((issue) => issue.severity === severity).length
    expect(counts).toEqual({
      info: count('info'),
      warning: count('warning'),
      danger: count('danger'),
    })
    expect(health.issues.at(0)?.severity).toBe('danger')
    expect(health.issues.at(-1)?.severity).toBe('info')
    expect(new Set(idsOf(health)).size).toBe(health.issues.length)
  })

  it('schema health explains a finding and suggests SQL that fixes it', async () => {
    const { issues } = await readHealth()
    expect(issues.find(({ rule }) => rule === 'unindexed-foreign-key')).toMatchObject({
      id: 'unindexed-foreign-key:public.notes.notes_user_id_fkey',
      kind: 'lint',
      severity: 'warning',
      app_label: null,
      model: null,
      schema: 'public',
      table: 'notes',
      fix_sql: 'CREATE INDEX CONCURRENTLY ON public.notes (user_id);',
      fix_lock: 'SHARE UPDATE EXCLUSIVE',
      fix_rewrites: false,
      hint: expect.stringContaining('SHARE UPDATE EXCLUSIVE lock') as string,
      why: expect.stringContaining('scans the whole referencing table') as string,
      link: expect.stringMatching(/^https:/) as string,
    })
  })

  it('lint_status is the verdict on the rules, and status that on everything else', async () => {
    const lines = zodModels({ OldLog: z.object({ id: z.bigint(), line: z.string() }) })
    const ignore = [{ rule: 'extra_table' }]
    const agreeing = schemaHealthSchema.parse(
      await createStudio({ ignore }, lines).get('/ai/schema/health'),
    )
    expect(agreeing).toMatchObject({ status: 'healthy', lint_status: 'degraded' })
    const disable = agreeing.issues.map(({ rule }) => rule)
    expect(await createStudio({ ignore, disable }, lines).get('/ai/schema/issues')).toMatchObject({
      status: 'healthy',
      lint_status: 'healthy',
    })
  })

  it('lint_status is null if the schema could not be examined', async () => {
    expect(await createTestStudio().get('/ai/schema/health')).toMatchObject({
      status: 'danger',
      lint_status: null,
    })
  })

  it.each(['health', 'issues'])('/ai/schema/%s runs the preset of the query', async (name) => {
    const { get, send } = createStudio()
    const rulesOf = async (query: string) =>
      ((await get(`/ai/schema/${name}${query}`)) as SchemaHealth).issues.map(({ rule }) => rule)
    expect(await rulesOf('')).not.toContain('quoted-name')
    expect(await rulesOf('?preset=essential')).toEqual(await rulesOf(''))
    expect(await rulesOf('?preset=all')).toContain('quoted-name')
    expect((await send(`/ai/schema/${name}?preset=most`)).status).toBe(400)
  })

  it('schema health does not name sensitive columns', async () => {
    const text = await (await createStudio().send('/ai/schema/health')).text()
    expect(text).not.toContain('password_hash')
    expect(text).toContain('shop.User.[sensitive].type_mismatch')
  })

  it('schema health does not name models that are not exposed, but counts their issues', async () => {
    const hidden = {
      read: async () =>
        (await zodModels({ User }).read(null)).map((model) => ({ ...model, exposed: false })),
    }
    const health = schemaHealthSchema.parse(
      await createStudio(undefined, hidden).get('/ai/schema/health'),
    )
    const { issue_counts: counts } = health
    expect(health.withheld_count).toBeGreaterThan(0)
    expect(counts.info + counts.warning + counts.danger).toBe(
      health.issues.length + health.withheld_count,
    )
    expect(JSON.stringify(health)).not.toMatch(/\busers\b|"User"/)
  })

  it('schema health lists the rules that were skipped', async () => {
    const { skipped_rules: skipped } = await readHealth()
    expect(skipped.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['row-security-disabled', 'unused-index']),
    )
  })

  it('schema health finds no drift in models that were read from the database', async () => {
    const studio = createStudio(undefined, databaseModels())
    const { issues } = schemaHealthSchema.parse(await studio.get('/ai/schema/health'))
    expect(new Set(issues.map(({ kind }) => kind))).toEqual(new Set(['lint']))
  })

  it('schema health is healthy if every issue is ignored', async () => {
    const ignore = ['users', 'notes', 'old_logs'].map((table) => ({ object: `public.${table}` }))
    const health = await readHealth({ ignore })
    expect(health).toMatchObject({ status: 'healthy', issues: [] })
    expect(health.suppressed_count).toBeGreaterThan(7)
  })

  it('schema health leaves out issues that are ignored by rule, object or both, and counts them', async () => {
    const all = await readHealth()
    const some = await readHealth({
      ignore: [
        { rule: 'extra_table', object: 'public.old_*' },
        { rule: 'no-primary-key' },
        { object: 'public.users.by_hash_again' },
        {},
      ],
    })
    const gone = idsOf(all).filter((id) => !idsOf(some).includes(id))
    expect(gone).toEqual([
      'duplicate-index:public.users.by_hash_again',
      'no-primary-key:public.notes',
      'old_logs.extra_table',
    ])
    expect(some.suppressed_count).toBe(3)
  })

  it('schema health leaves out the issues of a baseline and shows new ones', async () => {
    const baseline = toBaseline([{ id: 'old_logs.extra_table' }, { id: 'gone.extra_table' }])
    const health = await readHealth({ baseline })
    expect(health.suppressed_count).toBe(1)
    expect(idsOf(health)).not.toContain('old_logs.extra_table')
  })

  it('schema health enables and disables rules and changes their severity', async () => {
    const health = await readHealth({
      enable: ['missing-table-comment'],
      disable: ['no-primary-key', 'no-such-rule'],
      severities: { 'unindexed-foreign-key': 'danger' },
    })
    const severities = new Map(health.issues.map(({ rule, severity }) => [rule, severity]))
    expect(severities.get('missing-table-comment')).toBe('info')
    expect(severities.has('no-primary-key')).toBe(false)
    expect(severities.get('unindexed-foreign-key')).toBe('danger')
    expect(idsOf(health)).toContain('system.unknown_rule.no-such-rule')
  })

  it('schema health reports a single danger without a database', async () => {
    const health = schemaHealthSchema.parse(await createTestStudio().get('/ai/schema/health'))
    expect(health).toMatchObject({
      status: 'danger',
      issue_counts: { info: 0, warning: 0, danger: 1 },
      issues: [
        {
          id: 'system.database.not_configured',
          kind: 'missing_table',
          tags: ['configuration'],
        },
      ],
      db_version: null,
    })
  })

  it('schema health reports a single danger if the catalog cannot be read', async () => {
    const failing = fakeDatabase({
      read: () => Promise.reject(Object.assign(new Error('secret detail'), { code: '42501' })),
    })
    const { send } = createTestStudio({ database: failing })
    const text = await (await send('/ai/schema/health')).text()
    expect(text).not.toContain('secret detail')
    expect(JSON.parse(text)).toMatchObject({
      status: 'danger',
      issues: [
        { id: 'system.catalog.unreadable', message: expect.stringContaining('denied') as string },
      ],
    })
    const unavailable = fakeDatabase({ ping: () => Promise.reject(new Error('gone')) })
    expect(
      await createTestStudio({ database: unavailable }).get('/ai/schema/health'),
    ).toMatchObject({
      issue_counts: { danger: 1 },
      issues: [{ id: 'system.catalog.unreadable' }],
    })
  })

  it('schema health is in the handshake, and answers 304 while nothing changes', async () => {
    const { get, send } = createStudio()
    expect(await get('/studio/handshake')).toMatchObject({
      endpoints: { schema_health: '/ai/schema/health' },
    })
    const etag = (await send('/ai/schema/health')).headers.get('etag') ?? ''
    const again = await send('/ai/schema/health', { 'if-none-match': etag })
    expect(again.status).toBe(304)
  })
})

describe('GET /ai/schema/issues', () => {
  it('GET /ai/schema/issues filters issues by severity, kind, rule, table and app, and counts all of them', async () => {
    const { get } = createStudio()
    const all = idsOf(await readHealth())
    const ask = async (query: string) => {
      const answer = (await get(`/ai/schema/issues?${query}`)) as SchemaHealth & {
        total_count: number
        filtered_count: number
      }
      expect(answer.total_count).toBe(all.length)
      expect(answer.filtered_count).toBe(answer.issues.length)
      return answer.issues
    }
    expect((await ask('')).map(({ id }) => id)).toEqual(all)
    const dangers = await ask('severity=danger')
    expect(new Set(dangers.map(({ severity }) => severity))).toEqual(new Set(['danger']))
    expect((await ask('kind=extra_table')).map(({ table }) => table)).toEqual(['notes', 'old_logs'])
    expect(await ask('kind=lint&rule=no-primary-key')).toHaveLength(1)
    expect(await ask('table=notes&kind=lint')).not.toEqual([])
    expect(await ask('table=public.notes')).toEqual(await ask('table=notes'))
    expect(new Set((await ask('app_label=shop')).map(({ model }) => model))).toEqual(
      new Set(['User']),
    )
  })

  it('GET /ai/schema/issues refuses an unknown severity or kind with 400', async () => {
    const { send } = createStudio()
    for (const query of ['severity=bad', 'kind=bad']) {
      const answer = await send(`/ai/schema/issues?${query}`)
      expect(answer.status).toBe(400)
      expect(await answer.json()).toMatchObject({ error: { code: 'bad_request' } })
    }
  })
})

describe('GET /ai/schema/diff', () => {
  it('the schema diff shows each model beside its table', async () => {
    const diff = await createStudio().get('/ai/schema/diff')
    expect(diff).toMatchObject({
      model_only: [],
      db_only: ['notes', 'old_logs'],
      tables: {
        users: {
          schema: 'public',
          model: { name: 'User', app_label: 'shop', columns: { id: { type: 'safeint' } } },
          database: { columns: { id: { type: 'bigint', nullable: false, primary_key: true } } },
        },
        notes: { model: null, drift: [{ kind: 'extra_table' }] },
      },
    })
    expect(JSON.stringify(diff)).not.toContain('password_hash')
  })

  it('the schema diff shows the table of the query, and answers 404 for an unknown one', async () => {
    const { get, send } = createStudio()
    const diff = (await get('/ai/schema/diff?table=public.notes')) as { tables: object }
    expect(Object.keys(diff.tables)).toEqual(['notes'])
    expect((await send('/ai/schema/diff?table=nothing')).status).toBe(404)
  })

  it('the schema diff lists models without a table', async () => {
    const models = zodModels({ User, Missing: z.object({ id: z.int() }) })
    expect(await createStudio(undefined, models).get('/ai/schema/diff')).toMatchObject({
      model_only: ['missings'],
      tables: { missings: { database: null, drift: [{ kind: 'missing_table' }] } },
    })
  })

  it('the schema diff answers 503 without a database', async () => {
    expect((await createTestStudio().send('/ai/schema/diff')).status).toBe(503)
  })
})
