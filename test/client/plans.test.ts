import { expect, it } from 'vitest'
import { conflictOf, createStudioClient, StudioClientError } from '../../src/client.ts'
import { createShop } from '../support/codegen.ts'
import { createPlanStudio, planOf, stepOf, wholePlan } from '../support/plans.ts'
import { eventually } from '../support/studio.ts'
import { withPostgres } from '../support/postgres.ts'
import { createFolder } from '../support/workspace.ts'

const { createDatabase } = withPostgres()

/** A client of a studio that takes plans. */
async function open() {
  const { sql } = await createDatabase({ max: 4 })
  const folder = await createFolder()
  await createShop(sql, folder)
  const { studio } = await createPlanStudio(folder, sql)
  const seen: Request[] = []
  const client = createStudioClient({
    fetch: async (request) => {
      seen.push(request)
      return studio.fetch(request)
    },
    timeoutMs: 1, // for calls that have a limit
  })
  const { changes } = createStudioClient({ fetch: (request) => studio.fetch(request) })
  return { plans: client.plans, changes, folder, seen }
}

it('a plan is previewed and applied, confirmed and without a time limit', async () => {
  const { plans, folder, seen } = await open()
  const { plan_id, digest, change_set, dry_run } = await plans.preview({
    intent: 'Keep the phone',
    steps: [
      {
        id: 'file',
        type: 'patch_file',
        description: 'Adds a file',
        payload: { type: 'modify_file', path: 'src/phone.ts', text: 'export {}\n' },
      },
    ],
  })
  expect(dry_run).toBe(true)
  expect(change_set).toMatchObject({ id: plan_id, digest, kind: 'plan' })
  const shown = { plan_id: plan_id ?? '', digest: digest ?? '' }
  expect(await plans.apply(shown)).toMatchObject({ success: true, stands: ['file'] })
  expect(await folder.read('src/phone.ts')).toBe('export {}\n')
  expect(seen.map(({ headers }) => headers.get('x-ai-apply'))).toEqual([null, 'true'])
  const again: unknown = await plans.apply(shown).catch((error: unknown) => error)
  expect(conflictOf(again)?.reason).toBe('applied')
})

it('a plan is started in the background, and its change set says how far it has come', async () => {
  const { plans, changes, seen } = await open()
  const { plan_id, digest } = await plans.preview({
    intent: 'Look',
    steps: [{ id: 'look', type: 'analyze_context', description: 'Looks', payload: {} }],
  })
  const shown = { plan_id: plan_id ?? '', digest: digest ?? '' }
  const started = await plans.start(shown)
  expect(started).toMatchObject({ id: plan_id, digest, status: 'pending' })
  expect(seen.at(-1)?.headers.get('prefer')).toBe('respond-async')
  await eventually(async () => {
    const { plan } = await changes.get(shown.plan_id)
    expect(plan?.progress).toMatchObject({
      status: 'succeeded',
      steps: [{ id: 'look', success: true, error: null }],
      stands: [],
    })
  })
})

it('a plan that cannot be rejects with all its faults', async () => {
  const { plans } = await open()
  const steps = ['A', 'B'].map((model) => stepOf(model, 'delete_field', { model, field: 'a' }))
  const plan = planOf(steps) as Parameters<typeof plans.preview>[0]
  const error: unknown = await plans.preview(plan).catch((reason: unknown) => reason)
  expect(error).toBeInstanceOf(StudioClientError)
  expect(error).toMatchObject({
    status: 400,
    details: { validation_errors: [expect.any(String), expect.any(String)] },
  })
})

it('a call whose signal is aborted rejects with its reason', async () => {
  const { plans } = await open()
  const signal = AbortSignal.abort(new Error('enough'))
  const plan = planOf(wholePlan) as Parameters<typeof plans.preview>[0]
  await expect(plans.preview(plan, { signal })).rejects.toThrow('enough')
  const shown = { plan_id: 'a', digest: '0'.repeat(64) }
  await expect(plans.apply(shown, { signal })).rejects.toThrow('enough')
})
