import { beforeEach, describe, expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../src/agents/tool.ts'
import type { StudioClient } from '../../src/client.ts'
import { createStudioClient } from '../../src/client.ts'
import { type ConsoleOptions, openConsole } from '../support/console.ts'
import { createGate, createSupport, toolCall } from '../support/agents.ts'
import { storeKinds } from '../support/stores.ts'

const input = z.object({
  orderId: z
    .string()
    .regex(/^ORD-\d{4}$/)
    .describe('Order number'),
  cents: z.int().positive().max(9_000),
  note: z.string().optional(),
  notify: z.boolean().optional(),
  channel: z.enum(['mail', 'phone']).optional(),
  lines: z.array(z.object({ sku: z.string() })).optional(),
})

let calls: z.infer<typeof input>[] = []
beforeEach(() => (calls = []))

const refund = defineTool({
  name: 'refund',
  description: 'Refunds an order.',
  input,
  approval: {
    reason: ({ cents, note }) => note ?? `Refund of ${cents} cents`,
    expiresInMs: 3_600_000,
  },
  execute(given) {
    calls.push(given)
    return 'refunded'
  },
})

const order = { orderId: 'ORD-1001', cents: 2_500 }

/** Opens the inbox of an agent that asks for one refund after another. */
async function openInbox(
  refunds: readonly object[],
  { path = '/approvals', ...options }: ConsoleOptions & { readonly path?: string } = {},
) {
  const turns = refunds.map((given) => toolCall('refund', given))
  const { agent } = createSupport([...turns, ...refunds.map(() => 'Done.')], { tools: [refund] })
  const opened = await openConsole({ agents: [agent], ...options })
  const client = createStudioClient({ fetch: opened.studio.fetch })
  for (const [index] of refunds.entries()) {
    await client.runs.start('support', { message: 'Refund it.' })
    await expect.poll(() => countPending(client)).toBe(index + 1)
  }
  await opened.go(path)
  return { ...opened, client }
}

async function countPending(client: StudioClient): Promise<number> {
  return (await client.approvals.list({ status: 'pending' }).page()).items.length
}

async function readDecided(client: StudioClient) {
  return (await client.approvals.list({ status: 'resolved' }).page()).items
}

describe.each(storeKinds)('the inbox of approvals on $name stores', (store) => {
  it('approves a call with changed arguments, which are checked before they are sent', async () => {
    const { page, client } = await openInbox([order], { store })
    await page.getByRole('link', { name: 'refund' }).click()
    const cents = page.getByLabel('cents')
    await cents.fill('1e9')
    await page.getByText('cents must be at most 9000').waitFor()
    const approve = page.getByRole('button', { name: 'Approve with changes' })
    expect(await approve.getAttribute('aria-disabled')).toBe('true')
    await cents.fill('1500')
    await page.getByLabel('channel').selectOption({ label: 'mail' })
    await page.getByText('What you change').waitFor()
    expect(await page.locator('.changes').innerText()).toMatch(/cents\s+2500\s+1500/)
    await page.getByLabel('Reason').fill('A part of it')
    await approve.click()
    await page.getByText('Approved refund.').waitFor()
    await page.getByText('Nothing waits for you').waitFor()
    await expect.poll(() => calls).toEqual([{ ...order, cents: 1_500, channel: 'mail' }])
    const [decided] = await readDecided(client)
    expect(decided).toMatchObject({ status: 'approved', decisionReason: 'A part of it' })
    await page.getByRole('tab', { name: 'Decided' }).click()
    await page.getByRole('link', { name: 'refund' }).click()
    await page.getByText('What was changed').waitFor()
    expect(new URL(page.url()).searchParams.get('tab')).toBe('resolved')
  })

  it('rejects several calls at once, by keys alone', async () => {
    const { page, client } = await openInbox(
      [order, { ...order, cents: 1 }, { ...order, cents: 2 }],
      {
        store,
      },
    )
    await page.getByRole('link', { name: 'refund' }).first().waitFor()
    for (const row of [0, 1]) {
      await page.keyboard.press('j')
      await page.locator(`[data-row="${row}"] a:focus`).waitFor()
      await page.keyboard.press('x')
    }
    await page.getByText('2 selected').waitFor()
    await page.keyboard.press('r')
    const dialog = page.getByRole('dialog', { name: 'Reject 2 calls' })
    await dialog.locator('[type=submit]:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Rejected 2 calls.').waitFor()
    expect((await readDecided(client)).map(({ status }) => status)).toEqual([
      'rejected',
      'rejected',
    ])
    expect(calls).toEqual([])
  })
})

describe('the inbox of approvals', () => {
  it('decides the open call by keys, and opens the next one', async () => {
    const { page, client } = await openInbox([order, { ...order, cents: 7 }])
    await page.getByRole('link', { name: 'refund' }).first().waitFor()
    await page.keyboard.press('j')
    await page.locator('[data-row="0"] a:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Refund of 2500 cents').last().waitFor()
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    await page.keyboard.press('a')
    await page.locator('.actions .main:focus').waitFor()
    await page.keyboard.press('Enter')
    await page.getByText('Approved refund.').waitFor()
    await page.locator('.question', { hasText: 'Refund of 7 cents' }).waitFor()
    expect(await page.getByLabel('cents').inputValue()).toBe('7')
    await page.locator('#field-orderId:not([readonly])').waitFor()
    await page.keyboard.press('e')
    await page.locator('.field :focus').waitFor()
    await page.keyboard.press('Control+a')
    await page.keyboard.type('ORD-2222')
    await page.getByRole('button', { name: 'Approve with changes' }).click()
    await expect.poll(() => calls.length).toBe(2)
    expect(calls[1]).toEqual({ orderId: 'ORD-2222', cents: 7 })
    expect(await countPending(client)).toBe(0)
  })

  it('leads to a field by its key only when the field takes text', async () => {
    const { page } = await openInbox([order])
    const gate = createGate()
    await page.route(/\/tools$/, async (route) => {
      await gate.opened
      await route.continue()
    })
    await page.getByRole('link', { name: 'refund' }).click()
    await page.locator('#field-orderId[readonly]').waitFor()
    await page.keyboard.press('e')
    expect(await page.locator('.field :focus').count()).toBe(0)
    gate.open()
    await page.locator('#field-orderId:not([readonly])').waitFor()
    await page.keyboard.press('e')
    await page.keyboard.type('ORD-2222')
    expect(await page.getByLabel('orderId').inputValue()).toContain('ORD-2222')
  })

  it('says that a call was decided elsewhere in the meantime, and by whom', async () => {
    const { page, client } = await openInbox([order])
    await page.getByRole('link', { name: 'refund' }).click()
    await page.getByRole('button', { name: 'Reject' }).waitFor()
    const [pending] = (await client.approvals.list({ status: 'pending' }).page()).items
    const id = pending?.id ?? ''
    await client.approvals.decide(id, { approved: true, reason: 'Asked by phone' })
    await page
      .getByRole('button', { name: 'Reject' })
      .click({ timeout: 2_000 })
      .catch(() => undefined)
    await page.getByText('This was decided elsewhere in the meantime.').waitFor()
    await page.getByText('Asked by phone').waitFor()
    await expect.poll(() => calls.length).toBe(1)
  })

  it('keeps the form when a decision fails, and sends it again', async () => {
    const { page, answerWith } = await openInbox([order])
    await page.getByRole('link', { name: 'refund' }).click()
    await page.getByLabel('cents').fill('12')
    const error = { code: 'storage_error', message: 'The storage is not available' }
    let mend = await answerWith(/\/decision$/, { status: 503, body: JSON.stringify({ error }) })
    const approve = page.getByRole('button', { name: 'Approve with changes' })
    await approve.click()
    await page.getByText('The storage is not available').waitFor()
    await mend()
    mend = await answerWith(/\/decision$/, 'abort')
    await approve.click()
    await page.getByText('sending it again does no harm').waitFor()
    await mend()
    await approve.click()
    await expect.poll(() => calls).toEqual([{ ...order, cents: 12 }])
  })

  it('disables the decision with the reason for a caller who may not decide', async () => {
    const { page, answerWith } = await openInbox([order])
    await page.getByRole('link', { name: 'refund' }).click()
    const error = { code: 'forbidden', message: 'Only the shift lead decides' }
    await answerWith(/\/decision$/, { status: 403, body: JSON.stringify({ error }) })
    await page.getByRole('button', { name: 'Approve' }).click()
    await page.getByText('Only the shift lead decides').waitFor()
    const reject = page.getByRole('button', { name: 'Reject' })
    expect(await reject.getAttribute('title')).toBe('Only the shift lead decides')
    expect(await reject.getAttribute('aria-disabled')).toBe('true')
  })

  it('shows what the studio says about arguments that only it can check', async () => {
    const { page, answerWith } = await openInbox([order])
    await page.getByRole('link', { name: 'refund' }).click()
    await page.getByLabel('orderId').fill('ORD-1002')
    const details = [{ path: 'input.orderId', message: 'is not open' }]
    const error = { code: 'bad_request', message: 'Invalid request body', details }
    await answerWith(/\/decision$/, { status: 400, body: JSON.stringify({ error }) })
    await page.getByRole('button', { name: 'Approve with changes' }).click()
    await page.getByText('orderId is not open').waitFor()
    expect(await page.getByLabel('orderId').getAttribute('aria-invalid')).toBe('true')
  })

  it('shows hostile texts as texts, a long one up to a limit, with no violation of axe', async () => {
    const note = `<img src=x onerror="alert(1)"> \u202etxt.exe\u202c [a](javascript:alert(1)) ${'<b>'.repeat(300_000)}`
    const { page, findAxeViolations } = await openInbox([{ ...order, note, lines: [{ sku: '"' }] }])
    await page.getByRole('link', { name: 'refund' }).click()
    await page.locator('.question').getByText('U+202E').waitFor()
    expect(await page.locator('main img, main b').count()).toBe(0)
    expect(await page.evaluate(() => document.body.scrollWidth <= innerWidth)).toBe(true)
    expect(await findAxeViolations()).toEqual([])
  })

  it('works on a phone: the list, then one call, then back', async () => {
    const { page, findAxeViolations } = await openInbox([order], {
      viewport: { width: 375, height: 720 },
    })
    await page.getByRole('link', { name: 'refund' }).click()
    await page.getByRole('button', { name: 'Approve' }).waitFor()
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375)
    expect(await findAxeViolations()).toEqual([])
    await page.getByRole('button', { name: 'All approvals' }).click()
    await page.getByRole('link', { name: 'refund' }).waitFor()
    expect(await findAxeViolations()).toEqual([])
  })

  it('has a state for an empty inbox, an unknown approval, and a list that cannot be read', async () => {
    const { page, go, answerWith } = await openInbox([])
    await page.getByText('Nothing waits for you').waitFor()
    await go('/approvals?approval=unknown')
    await page.getByText('It does not exist').waitFor()
    const error = { code: 'storage_error', message: 'The storage is not available' }
    const mend = await answerWith(/\/approvals\?/, { status: 503, body: JSON.stringify({ error }) })
    await go('/approvals')
    await page.getByText('The storage is not available').waitFor()
    await mend()
    await page.getByRole('button', { name: 'Retry' }).click()
    await page.getByText('Nothing waits for you').waitFor()
    expect(await page.getByRole('alert').count()).toBe(0)
  })
})
