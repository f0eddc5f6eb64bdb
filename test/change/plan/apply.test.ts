import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { postgresShadow } from '../../../src/postgres.ts'
import { createShop } from '../../support/codegen.ts'
import {
  createPlanStudio,
  type PlanAnswer,
  planOf,
  stepOf,
  wholePlan,
} from '../../support/plans.ts'
import { withPostgres } from '../../support/postgres.ts'
import { storeKinds } from '../../support/stores.ts'
import { createFolder, type TestFolder } from '../../support/workspace.ts'

const { createDatabase, server } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 4 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
})

const columns = async () => {
  const rows = await sql`select attname from pg_attribute
    where attrelid = 'shop.orders'::regclass and attnum > 0 and not attisdropped`
  return rows.map(({ attname }) => String(attname))
}

describe.each(storeKinds)('a plan with stores in $name', (store) => {
  it('is previewed on copies, approved as a whole, and leaves the database as predicted', async () => {
    const spare = await createFolder()
    const shadow = postgresShadow(server().url(), {
      fill: ({ sql: copy }) => createShop(copy, spare),
    })
    const studio = await createPlanStudio(folder, sql, {
      store,
      changes: { approve: 'always', shadow, proof: 'required' },
    })
    const before = await folder.tree()
    const previewed = await studio.preview(planOf(wholePlan))
    expect(previewed).toMatchObject({
      status: 200,
      body: {
        success: true,
        dry_run: true,
        run_id: null,
        change_set: {
          kind: 'plan',
          status: 'pending',
          proof: { ran: true, drift: [] },
          migration: { names: [expect.any(String), expect.any(String)] },
          plan: { intent: 'Keep the phone of an order', on_failure: 'stop' },
        },
      },
    })
    expect(await folder.tree()).toEqual(before)
    expect(await columns()).not.toContain('phone')
    const { steps, plan_id, digest } = previewed.body as PlanAnswer
    expect(steps.map(({ id, simulated }) => [id, simulated])).toEqual(
      wholePlan.map(({ id }) => [id, id !== 'g_rows']),
    )
    expect(steps[4]?.output['files_changed']).toMatchObject({
      'src/phone.ts': expect.stringContaining('+export const phone = 1'),
    })
    const shown = { id: String(plan_id), digest: String(digest) }
    expect(await studio.apply(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'approval_required' } } },
    })
    expect(await studio.decide(shown)).toMatchObject({ status: 200 })
    const applied = await studio.apply(shown)
    expect(applied).toMatchObject({
      status: 200,
      body: {
        success: true,
        dry_run: false,
        applied: ['b_column', 'c_index', 'd_file', 'e_file', 'f_run'],
        rolled_back: [],
        stands: ['b_column', 'c_index', 'd_file', 'e_file', 'f_run'],
        change_set: { status: 'applied', migration: { run: { status: 'migrated', drift: [] } } },
      },
    })
    expect(await folder.read('src/phone.ts')).toBe('export const phone = 1\n')
    expect(await columns()).toContain('phone')
    expect(await studio.apply(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'applied' } } },
    })
  }, 60_000)

  it('is applied once by two instances that are asked at the same time', async () => {
    const one = await createPlanStudio(folder, sql, { store })
    const other = await createPlanStudio(folder, sql, { stores: one.stores })
    const shown = await one.propose(wholePlan)
    const answers = await Promise.all([one.apply(shown), other.apply(shown)])
    expect(answers.map(({ status }) => status)).toContain(200)
    const { body } = await one.get(`/ai/changes/${shown.id}`)
    const types = (body as { events: { type: string }[] }).events.map(({ type }) => type)
    for (const type of ['applied', 'migrated', 'plan_completed']) {
      expect(types.filter((each) => each === type)).toHaveLength(1)
    }
    expect(types).not.toContain('plan_failed')
    expect(await sql`select 1 from aksara_migrations`).toHaveLength(3)
  })
})

describe('a plan', () => {
  it('needs its header before its body is read, and the digest that was shown', async () => {
    const studio = await createPlanStudio(folder, sql)
    expect(await studio.post('/ai/plan/apply', { steps: 1 })).toMatchObject({ status: 403 })
    const shown = await studio.propose(wholePlan)
    expect(await studio.apply({ ...shown, digest: '0'.repeat(64) })).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'digest_mismatch' } } },
    })
    const bad = await studio.post('/ai/plan/apply', { plan_id: '', digest: 'x' }, studio.confirmed)
    expect(bad.status).toBe(422)
    expect(JSON.stringify(bad.body)).toMatch(/plan_id.*digest/s)
    expect(await studio.apply({ ...shown, id: 'chg_0' })).toMatchObject({ status: 404 })
  })

  it('is previewed and refused when it is sent to be applied without a preview', async () => {
    const studio = await createPlanStudio(folder, sql)
    const answer = await studio.post('/ai/plan/apply', planOf(wholePlan), studio.confirmed)
    expect(answer).toMatchObject({
      status: 409,
      body: {
        error: { details: { reason: 'confirmation_required', change_set: { kind: 'plan' } } },
      },
    })
    expect(await columns()).not.toContain('phone')
  })

  it('is not approved by the person who asked for it, and expires', async () => {
    const auth = (request: Request) => ({ id: request.headers.get('authorization') ?? '' })
    const studio = await createPlanStudio(folder, sql, { auth, changes: { approve: 'always' } })
    const as = (name: string) => ({ headers: { authorization: name, 'x-ai-apply': 'true' } })
    const shown = await studio.propose(wholePlan, {}, as('ada'))
    expect(await studio.decide(shown, true, as('ada'))).toMatchObject({ status: 403 })
    expect(await studio.decide(shown, true, as('bob'))).toMatchObject({ status: 200 })
    studio.clock.advance(1_800_001)
    expect(await studio.apply(shown, as('ada'))).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'expired' } } },
    })
    expect(await columns()).not.toContain('phone')
  })

  it('is refused when a file has changed since the preview, and nothing of it is done', async () => {
    await folder.write('src/phone.ts', 'old {}\n')
    const studio = await createPlanStudio(folder, sql)
    const shown = await studio.propose(wholePlan)
    await folder.write('src/phone.ts', 'other {}\n')
    const before = await folder.tree()
    expect(await studio.apply(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'changed_since_preview' } } },
    })
    expect(await folder.tree()).toEqual(before)
  })

  it('may have checks alone, whose expectations are compared with the rows', async () => {
    await sql`insert into shop.customers (name) values ('ada'), ('bob')`
    const studio = await createPlanStudio(folder, sql)
    const count = (expected: object) =>
      stepOf('a', 'run_query_check', {
        plan: { model: 'Customer', aggregates: [{ function: 'count' }] },
        expect: expected,
      })
    expect(await studio.apply(await studio.propose([count({ count: 2 })]))).toMatchObject({
      status: 200,
      body: { success: true, applied: [], steps: [{ output: { count: 2 } }] },
    })
    expect(
      await studio.preview(planOf([count({ max: 1 }), stepOf('b', 'analyze_context')])),
    ).toMatchObject({
      status: 200,
      body: {
        success: false,
        plan_id: null,
        change_set: null,
        steps: [{ id: 'a', success: false, error: 'The query has 2 rows; expected: at most 1' }],
      },
    })
  })
})
