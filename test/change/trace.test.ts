import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { sqlMigrator } from '../../src/postgres.ts'
import { createShop } from '../support/codegen.ts'
import { createPlanStudio, stepOf, wholePlan } from '../support/plans.ts'
import { withPostgres } from '../support/postgres.ts'
import { createFolder, type Shown, type TestFolder } from '../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 4 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
})

interface Span {
  readonly id: string
  readonly parent_id: string | null
  readonly kind: string
  readonly name: string
  readonly status: string
  readonly started_at: string
  readonly ended_at: string | null
  readonly ms: number | null
  readonly attributes: Readonly<Record<string, unknown>>
}

type PlanStudio = Awaited<ReturnType<typeof createPlanStudio>>

async function readTrace(studio: PlanStudio, { id }: Pick<Shown, 'id'>, init = {}) {
  const { status, body } = await studio.get(`/ai/changes/${id}/trace`, init)
  expect(status).toBe(200)
  const { trace_id, spans } = body as { trace_id: string; spans: Span[] }
  const nameOf = new Map(spans.map((span) => [span.id, span.kind]))
  const kinds = spans.map(({ kind, parent_id, status: state }) => [
    kind,
    parent_id && nameOf.get(parent_id),
    state,
  ])
  return { trace_id, spans, kinds, text: JSON.stringify(body) }
}

describe('GET /ai/changes/:id/trace', () => {
  it('has the preview, the decision, and each part of the plan with its steps', async () => {
    const auth = (request: Request) => ({ id: request.headers.get('authorization') ?? '' })
    const studio = await createPlanStudio(folder, sql, { auth, changes: { approve: 'always' } })
    const as = (name: string) => ({ headers: { authorization: name, 'x-ai-apply': 'true' } })
    const shown = await studio.propose(wholePlan, {}, as('ada'))
    studio.clock.advance(5_000)
    await studio.decide(shown, true, as('bob'))
    studio.clock.advance(1_000)
    expect(await studio.apply(shown, as('cy'))).toMatchObject({ body: { success: true } })
    const { spans, kinds, trace_id, text } = await readTrace(studio, shown, as('ada'))
    const steps = wholePlan.map(() => ['plan_step', 'plan', 'success'])
    expect(kinds.toSorted()).toEqual(
      [
        ['change_set', null, 'success'],
        ['preview', 'change_set', 'success'],
        ['decision', 'change_set', 'success'],
        ['plan', 'change_set', 'success'],
        ['apply', 'plan', 'success'],
        ['migration', 'plan', 'success'],
        ...steps,
      ].toSorted(),
    )
    expect(kinds[0]?.[0]).toBe('change_set')
    expect(spans.find(({ kind }) => kind === 'decision')).toMatchObject({
      ms: 5_000,
      attributes: { 'enduser.id': 'bob' },
    })
    expect(spans.find(({ kind }) => kind === 'apply')?.attributes['enduser.id']).toBe('cy')
    expect(spans[0]?.attributes).toMatchObject({
      'change_set.digest': shown.digest,
      'change_set.files': 3,
      'change_set.migrations': 2,
      'enduser.id': 'ada',
    })
    expect(trace_id).toMatch(/^[0-9a-f]{32}$/)
    expect(new Set(spans.map(({ id }) => id)).size).toBe(spans.length)
    for (const { id } of spans) expect(id).toMatch(/^[0-9a-f]{16}$/)
    expect((await readTrace(studio, shown, as('ada'))).text).toBe(text)
    expect(text).not.toMatch(/ALTER|phone|export/)
  })

  it('says what failed, what was taken back and what goes on, without reasons', async () => {
    const own = sqlMigrator(sql)
    let isBroken = true
    const studio = await createPlanStudio(folder, sql, {
      migrator: {
        ...own,
        up: (job, signal) =>
          isBroken ? Promise.reject(new Error('secret words')) : own.up(job, signal),
      },
    })
    const shown = await studio.propose(wholePlan, { on_failure: 'roll_back' })
    const pending = await readTrace(studio, shown)
    expect(pending.kinds).toEqual([
      ['change_set', null, 'running'],
      ['preview', 'change_set', 'success'],
    ])
    expect(pending.spans[0]).toMatchObject({ ended_at: null, ms: null })
    await studio.apply(shown)
    const { kinds, text } = await readTrace(studio, shown)
    expect(kinds).toContainEqual(['plan', 'change_set', 'error'])
    expect(kinds).toContainEqual(['migration', 'plan', 'error'])
    expect(kinds).toContainEqual(['plan_step', 'plan', 'error'])
    expect(kinds).toContainEqual(['rollback', 'change_set', 'success'])
    expect(text).not.toContain('failed')
    isBroken = false
    const second = await studio.propose([stepOf('look', 'analyze_context')])
    await studio.decide(second, false)
    const rejected = await readTrace(studio, second)
    expect(rejected.kinds).toEqual([
      ['change_set', null, 'cancelled'],
      ['preview', 'change_set', 'success'],
      ['decision', 'change_set', 'error'],
    ])
  })

  it('is unknown to other tenants', async () => {
    const auth = (request: Request) => ({
      id: 'ada',
      tenant: request.headers.get('authorization') ?? '',
    })
    const studio = await createPlanStudio(folder, sql, { auth })
    const as = (tenant: string) => ({ headers: { authorization: tenant } })
    const shown = await studio.propose(wholePlan, {}, as('one'))
    expect(await studio.get(`/ai/changes/${shown.id}/trace`, as('two'))).toMatchObject({
      status: 404,
    })
  })
})
