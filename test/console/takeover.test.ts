import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, it, onTestFinished } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { consoleAssets } from '../../src/console.ts'
import { createStudioClient, type StreamedEvent } from '../../src/client.ts'
import { Studio } from '../../src/index.ts'
import { startFleet } from '../campaigns/fleet.ts'
import { forward, killOne } from '../client/matrix/servers.ts'
import { openPage } from '../support/console.ts'
import { createSharedDatabase } from '../support/shared-database.ts'

it('a run goes on in the page when its instance is killed, without a doubled or a lost event', async () => {
  const { url, sql } = await createSharedDatabase()
  const fleet = await startFleet({ databaseUrls: [url, url], leaseMs: 1_000 })
  const shell = new Studio([], { console: consoleAssets() })
  const answerShell = toNodeHandler(shell)
  const front = createServer((incoming, outgoing) => {
    if (incoming.url?.startsWith('/console')) void answerShell(incoming, outgoing)
    else forward(fleet, incoming, outgoing)
  })
  front.listen(0, '127.0.0.1')
  await once(front, 'listening')
  const frontUrl = `http://127.0.0.1:${(front.address() as AddressInfo).port}`
  const { page, context, go, faults } = await openPage(`${frontUrl}/console`, {
    width: 1280,
    height: 800,
  })
  onTestFinished(async () => {
    await context.close()
    front.close()
    front.closeAllConnections()
    await fleet.stop()
    await shell.close()
    await sql.end({ timeout: 1 })
  })
  const client = createStudioClient({ baseUrl: frontUrl })
  const message = JSON.stringify({ turns: [{ deltas: 40, paceMs: 60, calls: [] }] })
  const { id } = await client.runs.start('campaign', { message })
  await go(`/runs/${id}`)
  await page.locator('.transcript .assistant', { hasText: '1.5 ' }).waitFor()
  await killOne(fleet)
  await page.getByText('Attempt 2 of this turn').waitFor()
  await page.locator('.transcript .assistant', { hasText: '1.39' }).waitFor()
  const expected = Array.from({ length: 40 }, (_, index) => `1.${index}`).join(' ')
  expect(await page.locator('.transcript .assistant').allInnerTexts()).toEqual([expected])

  const events: StreamedEvent[] = []
  for await (const event of client.runs.follow(id)) events.push(event)
  await go(`/runs/${id}?tab=log&deltas=1`)
  await expect
    .poll(() => page.getByRole('table').getAttribute('aria-rowcount'))
    .toBe(String(events.length + 1))
  expect(faults).toEqual([])
}, 180_000)
