import { describe, expect, it } from 'vitest'
import type { Studio } from '../../src/index.ts'
import { createGate, createSupport } from '../support/agents.ts'
import { openConsole } from '../support/console.ts'
import { storeKinds } from '../support/stores.ts'

/** Starts a run in the background and returns its id. */
async function start(studio: Studio, body: object): Promise<string> {
  const answer = await studio.fetch('/agents/support/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify(body),
  })
  const { id } = (await answer.json()) as { id: string }
  return id
}

describe.each(storeKinds)('the list of runs, $name', (store) => {
  it('shows runs as they come, says why one failed, and filters by the address', async () => {
    const { agent } = createSupport(
      [
        'Hello.',
        () => {
          throw new Error('The quota is used up')
        },
      ],
      { retries: 0 },
    )
    const { page, go, studio } = await openConsole({ store, agents: [agent] })
    await go('/runs')
    await page.getByText('No runs yet').waitFor()
    await start(studio, { message: 'Where is ORD-1001?' })
    await page.getByRole('link', { name: 'Where is ORD-1001?' }).waitFor()
    await page.getByRole('row').filter({ hasText: 'Succeeded' }).waitFor()
    await start(studio, { message: 'Refund it.', metadata: { shop: 'Basel' } })
    await page.getByText('model_error: The quota is used up').waitFor()

    await page.getByRole('navigation', { name: 'Status' }).getByText('Failed').click()
    await page.getByRole('link', { name: 'Where is ORD-1001?' }).waitFor({ state: 'detached' })
    expect(new URL(page.url()).search).toBe('?status=failed')
    await page.keyboard.press('/')
    await page.locator('[type=search]:focus').waitFor()
    await page.keyboard.type('basel')
    await page.waitForURL(/search=basel/)
    await page.getByRole('link', { name: 'Refund it.' }).waitFor()
    await page.getByRole('searchbox').fill('nowhere')
    await page.getByText('No run matches').waitFor()
    await page.getByRole('button', { name: 'Clear the filters' }).click()
    await page.getByRole('link', { name: 'Where is ORD-1001?' }).waitFor()
    await page.getByLabel('Time').selectOption('Ended in the last hour')
    await page.getByRole('link', { name: 'Where is ORD-1001?' }).waitFor()
    expect(new URL(page.url()).search).toBe('?time=ended-1h')
  })

  it('cancels the selected runs that have not ended', async () => {
    const gate = createGate()
    const { agent } = createSupport(['Hello.', async () => (await gate.opened, 'late')])
    const { page, go, studio } = await openConsole({ store, agents: [agent] })
    await start(studio, { message: 'first' })
    await go('/runs')
    await page.getByRole('row').filter({ hasText: 'Succeeded' }).waitFor()
    await start(studio, { message: 'second' })
    await page.getByRole('row').filter({ hasText: 'Running' }).waitFor()
    for (const row of [0, 1]) {
      await page.keyboard.press('j')
      await page.locator(`[data-row="${row}"] a:focus`).waitFor()
      await page.keyboard.press('x')
    }
    await page.getByText('2 runs selected').waitFor()
    await page.getByRole('button', { name: 'Cancel 1 run' }).click()
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel 1 run' }).click()
    await page.getByText('1 run cancelled').waitFor()
    await page.getByRole('row').filter({ hasText: 'Cancelled' }).waitFor()
    expect(await page.getByRole('row').filter({ hasText: 'Succeeded' }).count()).toBe(1)
    gate.open()
  })
})

describe('a long list of runs', () => {
  it('reads pages as it is scrolled, and stays where it is when runs are added', async () => {
    const { agent } = createSupport(Array.from({ length: 130 }, () => 'Hello.'))
    const { page, go, studio } = await openConsole({ agents: [agent] })
    for (let index = 0; index < 125; index++) await start(studio, { message: `run ${index}` })
    await go('/runs')
    const table = page.getByRole('table')
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('51')
    await page.getByRole('link', { name: 'run 124', exact: true }).focus()
    for (const rows of ['101', '126']) {
      await page.locator('.table').evaluate((frame) => frame.scrollTo(0, frame.scrollHeight))
      await expect.poll(() => table.getAttribute('aria-rowcount')).toBe(rows)
    }
    await page.locator('.table').evaluate((frame) => frame.scrollTo(0, 60 * 50))
    const shown = page.getByRole('link', { name: 'run 60', exact: true })
    await shown.waitFor()
    const before = await shown.boundingBox()
    await start(studio, { message: 'a new one' })
    await expect.poll(() => table.getAttribute('aria-rowcount')).toBe('127')
    expect(await shown.boundingBox()).toEqual(before)
    expect(await page.locator('.table .row').count()).toBeLessThan(60)
  })

  it('is usable on a phone, and has no violation of axe', async () => {
    const { agent } = createSupport(['Hello.', 'Hello.'])
    const { page, go, studio, findAxeViolations } = await openConsole({
      agents: [agent],
      viewport: { width: 375, height: 720 },
    })
    await start(studio, { message: 'Where is ORD-1001?' })
    await go('/runs')
    await page.getByRole('link', { name: 'Where is ORD-1001?' }).waitFor()
    expect(await findAxeViolations()).toEqual([])
    const width = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(width).toBeLessThanOrEqual(375)
    await page.getByRole('button', { name: 'Show the pages' }).click()
    await page.getByRole('navigation', { name: 'Pages' }).getByText('Runs').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.setViewportSize({ width: 1280, height: 800 })
    expect(await findAxeViolations()).toEqual([])
  })

  it('says what each refusal means, and goes on after a retry', async () => {
    const { page, go, answerWith } = await openConsole()
    const refusals = [
      [429, 'rate_limited', 'The studio is busy'],
      [503, 'unavailable', 'The studio is busy'],
      [500, 'internal_error', 'This could not be loaded'],
      [403, 'forbidden', 'You may not see this'],
    ] as const
    for (const [status, code, title] of refusals) {
      const body = JSON.stringify({ error: { code, message: 'Not now' } })
      const mend = await answerWith(/\/runs\?|\/runs$/, { status, body })
      await go('/runs?agent=support')
      await page.getByText(title).waitFor()
      await mend()
      if (status !== 403) await page.getByRole('button', { name: 'Retry' }).click()
      await page.getByText('No run matches').waitFor()
      expect(await page.getByText(title).count()).toBe(0)
    }
  })
})
