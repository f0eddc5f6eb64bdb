import { expect, it } from 'vitest'
import { z } from 'zod'
import { defineTool } from '../../src/agents/tool.ts'
import { createSupport, toolCall } from '../support/agents.ts'
import { openConsole } from '../support/console.ts'

const hostile = [
  '<script>window.hacked = 1</script><img src=x onerror="window.hacked=1">',
  '[click](javascript:window.hacked=1) [data](data:text/html,<script>window.hacked=1</script>)',
  '![pixel](https://evil.test/pixel.png) <https://evil.test/a> ![](//evil.test/b.png)',
  '\u001b[31mred\u001b[0m \u202eevil\u202c a\u200bb \u0007bell',
  '```html\n</code></pre><svg onload=window.hacked=1>\n```',
  '# <iframe src="https://evil.test">\n> quote\n> > deeper\n\n| a | b |\n|---|---|\n| `x` | **y** |',
  `${'>'.repeat(2_000)} ${'- '.repeat(2_000)} ${'*'.repeat(5_000)} ${'['.repeat(5_000)} ${'`'.repeat(5_001)}`,
  'https://example.com/safe. mailto:someone@example.com',
].join('\n\n')

const echo = defineTool({
  name: 'echo',
  description: hostile,
  input: z.object({ text: z.string() }),
  execute: ({ text }) => ({ [text.slice(0, 60)]: text }),
})

it('texts of a model, a tool and a person run nothing, ask for nothing, and hide nothing', async () => {
  const { agent } = createSupport(
    [[{ reasoning: hostile }, toolCall('echo', { text: hostile })], hostile],
    { tools: [echo], instructions: hostile, name: hostile.slice(0, 100) },
  )
  const { page, go, studio } = await openConsole({ agents: [agent] })
  const answer = await studio.fetch('/agents/support/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: hostile, metadata: { hostile } }),
  })
  const { runId } = (await answer.json()) as { runId: string }
  await go('/runs')
  await page.getByRole('row').filter({ hasText: 'Succeeded' }).waitFor()
  for (const tab of ['transcript', 'log', 'raw']) {
    await go(`/runs/${runId}?tab=${tab}`)
    await page.locator('#tab-panel').getByText('evil').first().waitFor()
    for (const summary of await page.locator('summary:visible').all()) await summary.click()
  }
  await go(`/runs/${runId}?tab=waterfall`)
  await page.getByRole('row').filter({ hasText: 'echo' }).waitFor()
  for (const step of await page.locator('button.step').all()) {
    await step.click()
    await page.getByRole('complementary').waitFor()
    for (const fold of await page.locator('aside summary').all()) await fold.click()
  }
  await go(`/runs/${runId}`)
  await page.locator('.markdown').first().waitFor()
  const links = await page
    .locator('.transcript a')
    .evaluateAll((all) => all.map((link) => link.getAttribute('href')))
  expect(new Set(links)).toEqual(
    new Set([
      'https://evil.test/pixel.png',
      'https://evil.test',
      'https://evil.test/a',
      'https://example.com/safe',
      'mailto:someone@example.com',
    ]),
  )
  expect(
    await page.locator('.transcript img, .transcript iframe, .transcript script').count(),
  ).toBe(0)
  expect(await page.locator('.unseen-name', { hasText: 'U+202E' }).count()).toBeGreaterThan(0)
  expect(await page.evaluate(() => 'hacked' in globalThis)).toBe(false)
  const width = await page.evaluate(() => document.documentElement.scrollWidth)
  expect(width).toBeLessThanOrEqual(1280)
}, 180_000)

it('an answer of 2 MB and 10,000 tool calls leave every view of the run usable', async () => {
  const turns = 20
  const perTurn = 500
  const calls = Array.from({ length: perTurn }, (_, index) =>
    toolCall('echo', { text: `call ${index}` }),
  )
  const { agent } = createSupport(
    [...Array.from({ length: turns }, () => calls), `start ${'**word** '.repeat(240_000)}`],
    { tools: [echo], maxTurns: turns + 1, maxToolCalls: perTurn },
  )
  const { page, go, studio } = await openConsole({ agents: [agent] })
  const patience = { timeout: 120_000 } // the studio shares a process with this test, and answers 30 MB
  page.setDefaultTimeout(patience.timeout)
  const answer = await studio.fetch('/agents/support/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'Do much.' }),
  })
  const { runId } = (await answer.json()) as { runId: string }
  await go(`/runs/${runId}`)
  await page.getByRole('button', { name: /Show all \([\d,]+ characters\)/ }).waitFor()
  const cards = page.locator('details.tool-card')
  expect(await cards.count()).toBeLessThanOrEqual(300)
  await page.getByRole('button', { name: /earlier steps/ }).click()
  await expect.poll(() => cards.count(), patience).toBeGreaterThan(500)
  expect(await cards.count()).toBeLessThanOrEqual(600)
  await cards.first().locator('summary').click()
  await cards.first().getByText('Result').waitFor()

  const table = page.getByRole('table')
  const rows = page.locator('.table .row')
  const scrollTo = (share: number) =>
    page
      .locator('.table')
      .evaluate((frame, part) => frame.scrollTo(0, frame.scrollHeight * part), share)
  await page.getByRole('tab', { name: 'Waterfall' }).click()
  const steps = 1 + turns * (1 + perTurn) + 1 // the run, its turns with their calls, the last turn
  await expect.poll(() => table.getAttribute('aria-rowcount'), patience).toBe(String(steps + 1))
  expect(await rows.count()).toBeLessThan(80)
  await scrollTo(0.5)
  const middle = page.locator(`[data-row="${1 + (turns / 2) * (1 + perTurn) + 2}"] button`)
  await middle.click()
  await page.getByRole('complementary', { name: 'Tool call echo' }).waitFor()
  await page.keyboard.press('Escape')
  await page.getByRole('complementary').waitFor({ state: 'detached' })

  await page.getByRole('tab', { name: 'Log' }).click()
  await page.getByRole('row').filter({ hasText: 'tool_call' }).first().waitFor()
  expect(Number(await table.getAttribute('aria-rowcount'))).toBeGreaterThan(20_000)
  await scrollTo(1)
  await page.getByRole('row').filter({ hasText: 'final' }).waitFor()
  expect(await rows.count()).toBeLessThan(80)
}, 600_000)
