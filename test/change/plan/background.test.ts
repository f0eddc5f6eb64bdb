import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { type Migrator, sqlMigrator } from '../../../src/postgres.ts'
import { createGate } from '../../support/agents.ts'
import { createShop } from '../../support/codegen.ts'
import { createPlanStudio, stepOf, wholePlan } from '../../support/plans.ts'
import { withPostgres } from '../../support/postgres.ts'
import { storeKinds } from '../../support/stores.ts'
import { eventually } from '../../support/studio.ts'
import { createFolder, type Shown, type TestFolder } from '../../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 4 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
})

const inBackground = { headers: { 'x-ai-apply': 'true', prefer: 'respond-async' } }
const files = ['b_column', 'c_index', 'd_file', 'e_file']

interface Progress {
  readonly status: string
  readonly ended_at: string | null
  readonly steps: readonly {
    readonly id: string
    readonly success: boolean
    readonly output: Readonly<Record<string, unknown>>
  }[]
}

/** Waits until the progress of a plan has this status; resolves to the change set. */
function progressIn(
  studio: Awaited<ReturnType<typeof createPlanStudio>>,
  { id }: Shown,
  status: string,
): Promise<{ progress: Progress; events: string[] }> {
  return eventually(async () => {
    const { body } = await studio.get(`/ai/changes/${id}`)
    expect(body).toMatchObject({ plan: { progress: { status } } })
    const { plan, events } = body as {
      plan: { progress: Progress }
      events: { type: string }[]
    }
    return { progress: plan.progress, events: events.map(({ type }) => type) }
  })
}

const history = async () => (await sql`select name from aksara_migrations`).length

/** A migrator that waits before it begins. */
function createWaiting() {
  const { opened, open } = createGate()
  const own = sqlMigrator(sql)
  const migrator: Migrator = {
    ...own,
    async up(job, signal) {
      await opened
      await own.up(job, signal)
    },
  }
  return { migrator, open }
}

describe.each(storeKinds)(
  'a plan that is applied in the background with stores in $name',
  (store) => {
    it('answers 202 before it is done, and its change set says what became of each step', async () => {
      const { migrator, open } = createWaiting()
      const studio = await createPlanStudio(folder, sql, { store, migrator })
      const shown = await studio.propose(wholePlan)
      const accepted = await studio.apply(shown, inBackground)
      expect(accepted).toMatchObject({ status: 202, body: { id: shown.id, digest: shown.digest } })
      expect(accepted.headers.get('location')).toBe(`/ai/changes/${shown.id}`)
      expect(accepted.headers.get('preference-applied')).toBe('respond-async')
      const { progress: running } = await progressIn(studio, shown, 'running')
      expect(running.ended_at).toBeNull()
      expect(await studio.apply(shown, inBackground)).toMatchObject({ status: 202 })
      open()
      const { progress, events } = await progressIn(studio, shown, 'succeeded')
      expect(progress).toMatchObject({
        ended_at: expect.any(String),
        applied: [...files, 'f_run'],
        rolled_back: [],
        stands: [...files, 'f_run'],
      })
      expect(progress.steps.map(({ id, success }) => [id, success])).toEqual(
        [...files, 'f_run', 'a_look', 'g_rows', 'h_health'].map((id) => [id, true]),
      )
      const outputs = Object.fromEntries(progress.steps.map(({ id, output }) => [id, output]))
      expect(outputs['e_file']).toEqual({ files: ['src/phone.ts'] })
      expect(outputs['f_run']).toMatchObject({ status: 'migrated', apps: ['shop'] })
      expect(outputs['g_rows']).toMatchObject({ model: 'Order', count: 0 })
      expect(outputs['g_rows']).not.toHaveProperty('rows')
      for (const type of ['plan_started', 'applied', 'migrated', 'plan_completed']) {
        expect(events.filter((each) => each === type)).toHaveLength(1)
      }
      expect(await history()).toBe(3)
      expect(await studio.apply(shown, inBackground)).toMatchObject({ status: 409 })
      expect(studio.failures).toEqual([])
    })

    it('says which step has failed and what stands, and goes on when it is sent again', async () => {
      const studio = await createPlanStudio(folder, sql, { store })
      const shown = await studio.propose([
        ...wholePlan.filter(({ id }) => id < 'g'),
        stepOf(
          'g_nobody',
          'run_query_check',
          { plan: { model: 'Customer', select_fields: ['name'] }, expect: { count: 0 } },
          'f_run',
        ),
      ])
      await sql`insert into shop.customers (name) values ('ada')`
      expect(await studio.apply(shown, inBackground)).toMatchObject({ status: 202 })
      const { progress, events } = await progressIn(studio, shown, 'failed')
      expect(progress).toMatchObject({ stands: [...files, 'f_run'], rolled_back: [] })
      expect(progress.steps.at(-1)).toMatchObject({
        id: 'g_nobody',
        success: false,
        error: 'The query has 1 row; expected: 0',
      })
      expect(JSON.stringify(progress)).not.toContain('ada')
      expect(events.at(-1)).toBe('plan_failed')
      await sql`delete from shop.customers`
      expect(await studio.apply(shown, inBackground)).toMatchObject({ status: 202 })
      await progressIn(studio, shown, 'succeeded')
    })
  },
)

describe('a plan that is applied in the background', () => {
  it('is refused at once when it may not be applied', async () => {
    const studio = await createPlanStudio(folder, sql, { changes: { approve: 'always' } })
    const shown = await studio.propose(wholePlan)
    expect(await studio.apply(shown, inBackground)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'approval_required' } } },
    })
    expect(await studio.apply({ ...shown, digest: '0'.repeat(64) }, inBackground)).toMatchObject({
      status: 409,
    })
    expect(await studio.get(`/ai/changes/${shown.id}`)).toMatchObject({
      body: { plan: { progress: null } },
    })
  })

  it('says in its change set why its files were not written', async () => {
    await folder.write('src/phone.ts', 'old {}\n')
    const studio = await createPlanStudio(folder, sql)
    const shown = await studio.propose(wholePlan)
    await folder.write('src/phone.ts', 'other {}\n')
    expect(await studio.apply(shown, inBackground)).toMatchObject({ status: 202 })
    const { progress, events } = await progressIn(studio, shown, 'failed')
    expect(progress).toMatchObject({
      steps: [],
      stands: [],
      notes: [expect.stringContaining('src/phone.ts')],
    })
    expect(events.slice(-2)).toEqual(['apply_undone', 'plan_failed'])
  })

  it('takes its steps back before it says that it has failed', async () => {
    const own = sqlMigrator(sql)
    const migrator: Migrator = { ...own, up: () => Promise.reject(new Error('no')) }
    const studio = await createPlanStudio(folder, sql, { migrator })
    const before = await folder.tree()
    const shown = await studio.propose(wholePlan, { on_failure: 'roll_back' })
    expect(await studio.apply(shown, inBackground)).toMatchObject({ status: 202 })
    const { progress } = await progressIn(studio, shown, 'failed')
    expect(progress).toMatchObject({ applied: files, rolled_back: files, stands: [] })
    expect(await folder.tree()).toEqual(before)
  })

  it('is waited for by the end of the studio, and by a host that waits', async () => {
    const { migrator, open } = createWaiting()
    const studio = await createPlanStudio(folder, sql, { migrator, shutdownMs: 10_000 })
    const shown = await studio.propose(wholePlan)
    const waited: Promise<unknown>[] = []
    const request = new Request('http://studio.test/ai/plan/apply', {
      method: 'POST',
      headers: { ...inBackground.headers, 'content-type': 'application/json' },
      body: JSON.stringify({ plan_id: shown.id, digest: shown.digest }),
    })
    const context = { waitUntil: (promise: Promise<unknown>) => void waited.push(promise) }
    expect(await studio.studio.fetch(request, undefined, context)).toMatchObject({ status: 202 })
    await progressIn(studio, shown, 'running')
    const closed = studio.studio.close()
    const late = await studio.apply(shown, { headers: { 'x-ai-apply': 'true' } })
    expect([409, 503]).toContain(late.status)
    open()
    await closed
    await Promise.all(waited)
    expect(await history()).toBe(3)
  })

  it('goes on in another process when its own has ended', async () => {
    const { opened, open } = createGate()
    const stuck: Migrator = { ...sqlMigrator(sql), up: () => opened }
    const lost = await createPlanStudio(folder, sql, { migrator: stuck })
    const shown = await lost.propose(wholePlan)
    expect(await lost.apply(shown, inBackground)).toMatchObject({ status: 202 })
    await eventually(async () => {
      expect(await lost.get(`/ai/changes/${shown.id}`)).toMatchObject({
        body: { status: 'migrating' },
      })
    })
    const { stores, clock } = lost
    const studio = await createPlanStudio(folder, sql, { stores, clock })
    clock.advance(60_000)
    await progressIn(studio, shown, 'interrupted')
    expect(await studio.apply(shown, inBackground)).toMatchObject({ status: 202 })
    const { events } = await progressIn(studio, shown, 'succeeded')
    expect(events.filter((type) => type === 'plan_completed')).toHaveLength(1)
    open()
    await lost.studio.close()
    await progressIn(studio, shown, 'succeeded')
    expect(await history()).toBe(3)
  })
})

describe('a migration that runs in the background', () => {
  const migrate = (shown: Shown) =>
    [`/ai/changes/${shown.id}/migrate`, { expected_digest: shown.digest }, inBackground] as const

  it('answers 202 while it runs, and its change set says how it has ended', async () => {
    const { migrator, open } = createWaiting()
    const studio = await createPlanStudio(folder, sql, { migrator })
    const shown = await studio.propose(wholePlan.filter(({ id }) => id < 'd' && id > 'b'))
    expect(await studio.post(...migrate(shown))).toMatchObject({ status: 409 })
    const apply = { expected_digest: shown.digest }
    await studio.post(`/ai/changes/${shown.id}/apply`, apply, studio.confirmed)
    const accepted = await studio.post(...migrate(shown))
    expect(accepted).toMatchObject({ status: 202, body: { status: 'migrating' } })
    expect(accepted.headers.get('location')).toBe(`/ai/changes/${shown.id}`)
    expect(await studio.post(...migrate(shown))).toMatchObject({ status: 409 })
    open()
    await eventually(async () => {
      expect(await studio.get(`/ai/changes/${shown.id}`)).toMatchObject({
        body: { status: 'applied', migration: { run: { status: 'migrated' } } },
      })
    })
  })
})
