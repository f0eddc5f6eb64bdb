import { expect, it, onTestFinished } from 'vitest'
import { phoneIntent } from '../../examples/support-desk/plan-rules.ts'
import { startSupportDesk } from '../../examples/support-desk/start.ts'
import { openPage } from '../support/console.ts'

interface Answer {
  readonly success?: boolean
  readonly plan_id: string
  readonly digest: string
  readonly run_id: string
  readonly steps: readonly { readonly id: string; readonly success: boolean }[]
  readonly change_set: { readonly proof: object }
}

async function openDesk() {
  const desk = await startSupportDesk({ port: 0, env: {} })
  onTestFinished(() => desk.close())
  const send = async (path: string, body?: object) => {
    const response = await fetch(desk.url + path, {
      method: body ? 'POST' : 'GET',
      headers: { 'content-type': 'application/json', 'x-ai-apply': 'true' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    })
    return { status: response.status, body: (await response.json()) as unknown }
  }
  const order = async () => (await send('/api/orders/ORD-1001')).body
  const health = async () =>
    (await send('/ai/schema/health')).body as { issues: { kind: string; table: string }[] }
  return { desk, send, order, health }
}

it('an intent becomes a plan, is approved in the console, applied, migrated without drift, and taken back', async () => {
  const { desk, send, order, health } = await openDesk()
  const before = await order()
  const plan = (await send('/ai/plan/preview', { intent: phoneIntent })).body as Answer
  expect(plan).toMatchObject({ success: true, change_set: { proof: { ran: true, drift: [] } } })
  expect(plan.steps.map(({ id }) => id)).toEqual(['column', 'migrate', 'rows', 'view'])
  expect((await send(`/runs/${plan.run_id}`)).body).toMatchObject({ status: 'succeeded' })

  const shown = { plan_id: plan.plan_id, digest: plan.digest }
  expect(await send('/ai/plan/apply', shown)).toMatchObject({
    status: 409,
    body: { error: { details: { reason: 'approval_required' } } },
  })
  const { page, context, go, faults } = await openPage(`${desk.url}/console`, {
    width: 1280,
    height: 800,
  })
  onTestFinished(() => context.close())
  await go('/changes')
  await page.getByRole('link', { name: phoneIntent }).click()
  const detail = page.getByRole('region', { name: 'Change set' })
  await detail.getByText('ADD COLUMN phone').first().waitFor()
  await detail.getByRole('button', { name: 'Approve' }).press('Enter')
  await detail.getByText('Approved').first().waitFor()
  expect(faults).toEqual([])

  const applied = await send('/ai/plan/apply', shown)
  expect(applied).toMatchObject({
    status: 200,
    body: { success: true, applied: ['column', 'migrate', 'view'], rolled_back: [] },
  })
  expect(await order()).toMatchObject({ customerDetails: { phone: null } })
  expect((await send(`/ai/changes/${plan.plan_id}`)).body).toMatchObject({
    status: 'applied',
    migration: { run: { status: 'migrated', drift: [] } },
  })
  const drift = (await health()).issues.filter(
    ({ kind, table }) => kind === 'drift' && table === 'customers',
  )
  expect(drift).toEqual([])

  const path = `/ai/changes/${plan.plan_id}`
  const down = { expected_digest: plan.digest, direction: 'down' }
  expect(await send(`${path}/migrate`, down)).toMatchObject({
    body: { migration: { run: { status: 'reverted', drift: [] } } },
  })
  expect(await send(`${path}/rollback`, {})).toMatchObject({ body: { status: 'rolled_back' } })
  expect(await order()).toEqual(before)
})

it('the planner by rules says which intent it knows', async () => {
  const { send } = await openDesk()
  expect(await send('/ai/plan/preview', { intent: 'make it faster' })).toMatchObject({
    status: 422,
    body: { error: { message: expect.any(String) } },
  })
})
