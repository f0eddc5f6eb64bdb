import { describe, expect, it } from 'vitest'
import type { Studio } from '../../src/index.ts'
import {
  addTool,
  createGate,
  createRefundTool,
  createSupport,
  toolCall,
} from '../support/agents.ts'
import { openConsole } from '../support/console.ts'
import { storeKinds } from '../support/stores.ts'

/** Starts a run in the background and returns its id. */
async function start(studio: Studio, message: string): Promise<string> {
  const answer = await studio.fetch('/agents/support/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json', prefer: 'respond-async' },
    body: JSON.stringify({ message }),
  })
  const { id } = (await answer.json()) as { id: string }
  return id
}

describe.each(storeKinds)('the page of a run, $name', (store) => {
  it('shows the transcript as it streams, and the same after a reload', async () => {
    const gate = createGate()
    const { agent } = createSupport(
      [
        [{ reasoning: 'They want a sum.' }, toolCall('add', { a: 2, b: 3 })],
        ['The sum ', { wait: gate.opened }, 'is **5**.'],
      ],
      { tools: [addTool] },
    )
    const { page, go, studio } = await openConsole({ store, agents: [agent] })
    const id = await start(studio, 'What is 2 + 3?')
    await go(`/runs/${id}`)
    await page.getByText('The sum').waitFor()
    await page.getByText('Running').first().waitFor()
    await page.reload()
    await page.getByText('The sum').waitFor()
    gate.open()
    await page.locator('strong', { hasText: /^5$/ }).waitFor()
    await page.getByText('Succeeded').first().waitFor()
    const transcript = page.locator('.transcript')
    await transcript.locator('summary', { hasText: 'add' }).click()
    await expect
      .poll(() => transcript.innerText())
      .toMatch(/What is 2 \+ 3\?[^]*a\s*2[^]*Result\s+5\s+The sum is 5\./)
    expect(await transcript.getByText('The sum is').count()).toBe(1)
  })

  it('shows a decision, the waterfall and its steps, all by keys, and keeps them in the address', async () => {
    const { tool } = createRefundTool({ reason: 'Over 10 €' })
    const { agent } = createSupport(
      [toolCall('refund', { orderId: 'ORD-1', cents: 5000 }), 'Done.'],
      { tools: [tool] },
    )
    const { page, go, studio } = await openConsole({ store, agents: [agent] })
    const id = await start(studio, 'Refund ORD-1.')
    await go(`/runs/${id}`)
    await page.getByText('Over 10 €').waitFor()
    const { approvals } = (await (await studio.fetch('/approvals')).json()) as {
      approvals: { id: string }[]
    }
    await studio.fetch(`/approvals/${approvals[0]?.id}/decision`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ approved: true, input: { orderId: 'ORD-1', cents: 1000 } }),
    })
    await page.getByText('Done.', { exact: true }).waitFor()
    await page.getByRole('tab', { name: 'Transcript' }).focus()
    await page.keyboard.press('ArrowRight')
    await page.getByRole('table', { name: 'Steps of the run over time' }).waitFor()
    await page.locator('[data-row="4"]').waitFor() // the last step
    for (let step = 0; step < 4; step++) {
      await page.keyboard.press('j')
      await page.locator(`[data-row="${step}"] button:focus`).waitFor()
    }
    await page.keyboard.press('Enter')
    const panel = page.getByRole('complementary', { name: 'Tool call refund' })
    await panel.getByText('1000', { exact: true }).waitFor()
    await page.reload()
    await panel.getByText('refunded 1000').waitFor()
    await page.keyboard.press('Escape')
    await panel.waitFor({ state: 'detached' })
    await page.getByRole('tab', { name: 'Log' }).click()
    await page.getByRole('button', { name: 'tool_approval_result' }).click()
    await page.getByRole('complementary').getByText('ORD-1').first().waitFor()
    expect(new URL(page.url()).search).toMatch(/^\?tab=log&event=\d+$/)
  })

  it('cancels a run, and starts it again with an edited prompt', async () => {
    const gate = createGate()
    const { agent, model } = createSupport([['One ', { wait: gate.opened }], 'Second answer.'])
    const { page, go, studio } = await openConsole({ store, agents: [agent] })
    const id = await start(studio, 'Tell a story.')
    await go(`/runs/${id}`)
    await page.getByText('One').first().waitFor()
    await page.getByRole('button', { name: 'Cancel' }).click()
    await page.getByRole('button', { name: 'Really cancel?' }).click()
    await page.getByText('The run was cancelled').waitFor()
    await page.keyboard.press('n')
    await page.getByLabel('Prompt').fill('Tell another one.')
    await page.getByRole('button', { name: 'Start' }).click()
    await page.getByText('Second answer.').waitFor()
    expect(new URL(page.url()).pathname).not.toContain(id)
    expect(JSON.stringify(model.calls.at(-1)?.prompt)).toContain('Tell another one.')
    gate.open()
  })
})

describe('the page of a run', () => {
  it('says why a run failed, and has no violation of axe on any view', async () => {
    const { agent } = createSupport(
      [
        toolCall('add', { a: 'no' }),
        [{ reasoning: 'Hm.' }, { error: new Error('The model is away') }],
      ],
      { tools: [addTool], retries: 0 },
    )
    const { page, go, studio, findAxeViolations } = await openConsole({
      agents: [agent],
      onError: () => undefined,
    })
    const id = await start(studio, 'Add.')
    for (const tab of ['', '?tab=waterfall', '?tab=log', '?tab=raw']) {
      await go(`/runs/${id}${tab}`)
      await page.getByText('The model is away').first().waitFor()
      expect(await findAxeViolations()).toEqual([])
    }
    await go(`/runs/${id}?tab=waterfall`)
    await page.getByRole('button', { name: 'turn' }).last().click()
    await page.getByRole('complementary').waitFor()
    expect(await findAxeViolations()).toEqual([])
    await page.setViewportSize({ width: 375, height: 720 })
    for (const tab of ['', '?tab=waterfall', '?tab=log', '?tab=raw']) {
      await go(`/runs/${id}${tab}`)
      await page.getByText('The model is away').first().waitFor()
      expect(await findAxeViolations()).toEqual([])
      const width = await page.evaluate(() => document.documentElement.scrollWidth)
      expect(width).toBeLessThanOrEqual(375)
    }
  }, 180_000)

  it('keeps what was read when the run is deleted meanwhile, and says that it is gone', async () => {
    const gate = createGate()
    const { agent } = createSupport([['Once ', { wait: gate.opened }]])
    const { page, go, studio, answerWith } = await openConsole({ agents: [agent] })
    const id = await start(studio, 'Tell a story.')
    await go(`/runs/${id}`)
    await page.getByText('Once').waitFor()
    const body = JSON.stringify({ error: { code: 'not_found', message: 'No such run' } })
    await answerWith(/\/runs\/[^/]+$/, { status: 404, body })
    await page.getByText('No such run').waitFor()
    expect(await page.getByText('Once').isVisible()).toBe(true)
    gate.open()
  })
})
