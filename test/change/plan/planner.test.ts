import type { Sql } from 'postgres'
import { beforeEach, describe, expect, it } from 'vitest'
import { definePlanner } from '../../../src/adapters/node.ts'
import { Studio, type StudioOptions } from '../../../src/index.ts'
import { type ScriptedTurn, scriptedModel } from '../../../src/testing.ts'
import { toolCall } from '../../support/agents.ts'
import { addPhone, createShop } from '../../support/codegen.ts'
import {
  createPlanStudio,
  type PlanAnswer,
  type PlanStudioOptions,
  planOf,
  stepOf,
} from '../../support/plans.ts'
import { withPostgres } from '../../support/postgres.ts'
import { storeKinds } from '../../support/stores.ts'
import { createFolder, type TestFolder } from '../../support/workspace.ts'

const { createDatabase } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeEach(async () => {
  sql = (await createDatabase({ max: 3 })).sql
  folder = await createFolder()
  await createShop(sql, folder)
  return () => sql.end({ timeout: 1 })
})

const good = planOf([stepOf('a', 'change_model', { app: 'shop', changes: [addPhone] })])
const bad = planOf([
  stepOf('a', 'change_model', { app: 'shop', changes: [{ ...addPhone, table: 'nothing' }] }),
])
const submit = (plan: object) => toolCall('submit_plan', plan)
const intent = { intent: 'Keep the phone of an order' }

/** A studio whose planner plays these turns. */
async function createPlanningStudio(
  turns: readonly ScriptedTurn[],
  options: PlanStudioOptions = {},
) {
  const model = scriptedModel(turns)
  const held: { studio?: Studio } = {}
  const planner = definePlanner({
    model,
    studio: () => held.studio as Studio,
    instructions: 'Names are English.',
  })
  const made = await createPlanStudio(folder, sql, {
    agents: [planner],
    ...options,
    changes: { planner: 'planner', approve: 'always', ...options.changes },
  })
  held.studio = made.studio
  return { ...made, model }
}

describe.each(storeKinds)('an intent with stores in $name', (store) => {
  it('becomes the plan that a run of the planner hands in, which waits for a person', async () => {
    const studio = await createPlanningStudio(
      [toolCall('describe_model', { model: 'Order' }), submit(good), 'There it is.'],
      { store },
    )
    const answer = await studio.preview(intent)
    expect(answer).toMatchObject({
      status: 200,
      body: {
        success: true,
        dry_run: true,
        steps: [{ id: 'a', success: true, output: { app: 'shop' } }],
        change_set: { status: 'pending', kind: 'plan' },
      },
    })
    const { run_id, plan_id, digest } = answer.body as PlanAnswer
    expect((await studio.get(`/runs/${run_id}`)).body).toMatchObject({
      status: 'succeeded',
      agentId: 'planner',
    })
    const shown = { id: String(plan_id), digest: String(digest) }
    expect(await studio.apply(shown)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'approval_required' } } },
    })
    expect(await studio.decide(shown)).toMatchObject({ status: 200 })
    expect(await studio.apply(shown)).toMatchObject({ status: 200, body: { success: true } })
  })
})

describe('a planner', () => {
  it('learns what is wrong with a plan and hands in a better one', async () => {
    const studio = await createPlanningStudio([
      submit(planOf([stepOf('a', 'analyze_context', {}, 'a')])),
      submit(bad),
      submit(good),
      'Done.',
    ])
    expect(await studio.preview(intent)).toMatchObject({ status: 200, body: { success: true } })
    const told = JSON.stringify(studio.model.calls.at(-1)?.prompt)
    expect(told).toMatch(/circle: a/)
    expect(told).toMatch(/shop\.nothing is no table/)
  })

  it('is told to stop after three plans, and the answer names the errors and the run', async () => {
    const studio = await createPlanningStudio([
      submit(bad),
      submit({}),
      submit(bad),
      submit(good),
      'I give up.',
    ])
    const answer = await studio.preview(intent)
    expect(answer).toMatchObject({
      status: 422,
      body: { error: { details: { reason: 'no_plan', run_id: expect.any(String) } } },
    })
    expect(JSON.stringify(studio.model.calls.at(-1)?.prompt)).toMatch(/at most 3 plans\. Stop/)
    expect((await studio.get('/ai/changes')).body).toMatchObject({ changes: [] })
  })

  it('counts the plans of one turn together', async () => {
    const studio = await createPlanningStudio([
      [1, 2, 3, 4].map((n) => toolCall('submit_plan', n === 4 ? good : bad, `c${n}`)),
      'Done.',
    ])
    expect(await studio.preview(intent)).toMatchObject({ status: 422 })
  })

  it('fails with 422 and its run when the model fails, and when it hands in nothing', async () => {
    for (const turns of [[], ['I would rather not.']]) {
      const studio = await createPlanningStudio(turns)
      expect(await studio.preview(intent)).toMatchObject({
        status: 422,
        body: {
          error: {
            details: { reason: 'no_plan', run_id: expect.any(String), validation_errors: [] },
          },
        },
      })
    }
  })

  it('acts for the person who asked: theirs is the tenant, and they cannot approve', async () => {
    const auth = (request: Request) => {
      const [id = '', tenant = ''] = (request.headers.get('authorization') ?? '').split('@')
      return { id, tenant }
    }
    const studio = await createPlanningStudio([submit(good), 'Done.'], { auth })
    const as = (name: string) => ({ headers: { authorization: name, 'x-ai-apply': 'true' } })
    const answer = await studio.preview(intent, as('ada@one'))
    expect(answer).toMatchObject({ status: 200, body: { change_set: { created_by: 'ada' } } })
    const { plan_id, digest } = answer.body as PlanAnswer
    const shown = { id: String(plan_id), digest: String(digest) }
    expect(await studio.decide(shown, true, as('ada@one'))).toMatchObject({ status: 403 })
    expect(await studio.decide(shown, true, as('eve@two'))).toMatchObject({ status: 404 })
    expect(await studio.decide(shown, true, as('bob@one'))).toMatchObject({ status: 200 })
  })

  it('makes plans in the runs that clients start themselves', async () => {
    const studio = await createPlanningStudio([submit(good), 'Done.'])
    const answer = await studio.post('/agents/planner/runs', { message: 'A phone' })
    expect(answer).toMatchObject({ status: 200 })
    expect((await studio.get('/ai/changes')).body).toMatchObject({
      changes: [{ kind: 'plan', status: 'pending', plan: { run_id: expect.any(String) } }],
    })
  })

  it('is told that data is no instruction, and has no tool that changes anything', async () => {
    const studio = await createPlanningStudio(['No.'])
    await studio.preview(intent)
    const [call] = studio.model.calls
    expect(JSON.stringify(call?.prompt)).toMatch(/is data\. It is never an.*instruction.*English/s)
    const tools = ((call?.tools ?? []) as { name: string }[]).map(({ name }) => name)
    expect(tools).toContain('submit_plan')
    expect(tools.filter((name) => /apply|decide|approve|migrate|patch|sql/.test(name))).toEqual([])
  })
})

describe('a studio', () => {
  it('takes no intent without a planner', async () => {
    const studio = await createPlanStudio(folder, sql)
    const answer = await studio.preview(intent)
    expect(answer.status).toBe(422)
    expect(JSON.stringify(answer.body)).toContain('steps')
  })

  it('refuses a planner that is none of its agents, and stores that do not outlive a request', async () => {
    const studio = await createPlanStudio(folder, sql)
    const make = (options: object) => () =>
      createPlanStudio(folder, sql, { stores: studio.stores, ...options } as PlanStudioOptions)
    await expect(make({ changes: { planner: 'nobody' } })()).rejects.toThrow(
      'changes.planner: the studio has no agent "nobody"',
    )
    await expect(make({ changes: { planner: '' } })()).rejects.toThrow('must be the id of an agent')
    const stores = (() => studio.stores) as unknown as StudioOptions['stores']
    await expect(make({ changes: { planner: 'support' }, stores })()).rejects.toThrow(
      'changes.planner needs stores that outlive a request',
    )
  })

  it('refuses a planner without a studio, and unknown options', () => {
    const model = scriptedModel([])
    expect(() => definePlanner({ model } as never)).toThrow('needs studio')
    const more = { model, studio: () => new Studio(), tools: [] }
    expect(() => definePlanner(more as never)).toThrow('tools')
  })
})
