import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Sql } from 'postgres'
import { expect, onTestFinished } from 'vitest'
import { toNodeHandler } from '../../src/adapters/node.ts'
import { createStudioClient, type StudioClient } from '../../src/client.ts'
import { consoleAssets } from '../../src/console.ts'
import { Studio } from '../../src/index.ts'
import { createExecutionsTable } from '../campaigns/executions.ts'
import { type Fleet, startFleet } from '../campaigns/fleet.ts'
import { forward } from '../client/matrix/servers.ts'
import { openPage } from './console.ts'
import { createSharedDatabase } from './shared-database.ts'

/** The console in front of two instances that share a PostgreSQL database, behind one address. */
export interface FleetConsole extends Awaited<ReturnType<typeof openPage>> {
  readonly fleet: Fleet
  readonly sql: Sql
  /** A client of the proxy. */
  readonly client: StudioClient
}

/**
 * Opens the console before two processes with the agent `campaign`. A proxy sends each request to the first of them that serves.
 * Everything ends with the test, which fails if the page has faults.
 */
export async function openFleetConsole(): Promise<FleetConsole> {
  const { url, sql } = await createSharedDatabase()
  await createExecutionsTable(sql)
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
  const opened = await openPage(`${frontUrl}/console`, { width: 1280, height: 800 })
  onTestFinished(async () => {
    await opened.context.close()
    front.close()
    front.closeAllConnections()
    await fleet.stop()
    await shell.close()
    await sql.end({ timeout: 1 })
    expect(opened.faults).toEqual([])
  })
  return {
    ...opened,
    fleet,
    sql,
    client: createStudioClient({ baseUrl: frontUrl }),
  }
}
