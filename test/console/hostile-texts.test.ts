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

it('an answer of 2 MB and 2,400 tool calls leave the page usable', async () => {
  const calls = Array.from({ length: 120 }, (_, index) =>
    toolCall('echo', { text: `call ${index}` }),
  )
  const { agent } = createSupport(
    [...Array.from({ length: 20 }, () => calls), `start ${'**word** '.repeat(220_000)}`],
    { tools: [echo], maxTurns: 50 },
  )
  const { page, go, studio } = await openConsole({ agents: [agent] })
  const answer = await studio.fetch('/agents/support/runs', {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'Do much.' }),
  })
  const { runId } = (await answer.json()) as { runId: string }
  await go(`/runs/${runId}`)
  await page.getByRole('button', { name: /Show all \([\d,]+ characters\)/ }).waitFor()
  expect(await page.locator('details.tool-card').count()).toBeLessThanOrEqual(300)
  await page.getByRole('tab', { name: 'Waterfall' }).click()
  await expect
    .poll(() => page.getByRole('table').getAttribute('aria-rowcount'))
    .toBe(String(20 * 120 + 21 + 1 + 1))
  expect(await page.locator('.table .row').count()).toBeLessThan(80)
}, 180_000)
