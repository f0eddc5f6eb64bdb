import { describe, expect, it } from 'vitest'
import { defineProject } from '../../src/index.ts'
import { createStudioClient } from '../../src/client.ts'
import { createRefundTool, createSupport, toolCall } from '../support/agents.ts'
import { type ConsoleOptions, openConsole, pressPair } from '../support/console.ts'
import { storeKinds } from '../support/stores.ts'

/** Opens the overview of a studio with an agent that asks for a refund, then fails. */
async function openOverview(options: ConsoleOptions = {}) {
  const { tool } = createRefundTool({ reason: () => 'Over <b>10 €</b>' })
  const turns = [
    toolCall('refund', { orderId: 'A1', cents: 900 }),
    { error: new Error('The model is gone') },
  ]
  const { agent } = createSupport(turns, { tools: [tool], retries: 0 })
  const opened = await openConsole({ agents: [agent], ...options })
  const client = createStudioClient({ fetch: opened.studio.fetch })
  return { ...opened, client }
}

describe.each(storeKinds)('the overview on $name stores', (store) => {
  it('says at one look that all is well, and what needs attention', async () => {
    const { page, go, client } = await openOverview({ store })
    await go('/overview')
    await page.getByText('All is well').waitFor()
    await client.runs.start('support', { message: 'Refund it' })
    await page.getByText('1 tool call waits for a decision').waitFor()
    await client.runs.start('support', { message: 'And this?' })
    const failed = page.getByRole('link', { name: '1 run failed in the last 24 hours' })
    await failed.waitFor()
    await page.getByRole('link', { name: 'And this?' }).waitFor()
    await page.getByRole('link', { name: 'Over <b>10 €</b>' }).waitFor()
    await failed.click()
    await page.getByText('And this?').waitFor()
    expect(new URL(page.url()).search).toBe('?status=failed&time=ended-24h')
  })
})

describe('the overview', () => {
  it('has no violation of axe, and fits on a phone', async () => {
    const { page, go, client, findAxeViolations } = await openOverview({
      project: defineProject({ name: 'Support <i>desk</i> \u202e' }),
    })
    await client.runs.start('support', { message: 'Refund it' })
    await go('/overview')
    await page.getByText('1 tool call waits for a decision').waitFor()
    await page.getByText('U+202E').first().waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.setViewportSize({ width: 375, height: 720 })
    expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBe(375)
    expect(await findAxeViolations()).toEqual([])
  })

  it('shows the other parts when one cannot be read, and reads it again', async () => {
    const { page, go, answerWith } = await openOverview()
    const error = { code: 'storage_error', message: 'The storage is not available' }
    const mend = await answerWith(/\/runs\?/, { status: 503, body: JSON.stringify({ error }) })
    await go('/overview')
    await page.getByText('The storage is not available').first().waitFor()
    await page.getByText('Nothing waits for a decision.').waitFor()
    expect(await page.getByText('All is well').count()).toBe(0)
    await mend()
    await page.getByRole('button', { name: 'Retry' }).first().click()
    await page.getByText('No run failed in the last 24 hours.').waitFor()
  })

  it('leads to the pages by keys alone', async () => {
    const { page, go } = await openOverview()
    await go('/runs')
    await page.getByText('No runs yet').waitFor()
    await pressPair(page, 'g', 'o')
    await page.getByText('All is well').waitFor()
    await pressPair(page, 'g', 'c')
    await page.getByText('Ask Support').waitFor()
    await page.locator('textarea:focus').waitFor()
    await page.keyboard.press('Escape')
    await pressPair(page, 'g', 'a')
    await page.getByText('Nothing waits for you').waitFor()
    expect(new URL(page.url()).pathname).toBe('/console/approvals')
  })
})
