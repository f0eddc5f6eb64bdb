import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { createSharedDatabase } from '../support/shared-database.ts'
import { runtimes, toPlan } from './matrix/runtimes.ts'
import { type Servers, startServers } from './matrix/servers.ts'

let servers: Servers
beforeAll(async () => {
  const { sql, url } = await createSharedDatabase()
  await sql.end()
  servers = await startServers(url)
})
afterAll(() => servers.stop())

// The whole form, which takes minutes, is `npm run test:client`.
const short = runtimes.filter(({ name, inProcess }) => !inProcess || name.startsWith('Node'))

describe.concurrent('the client', () => {
  it.each(short)('the client keeps its promises in $name', async (runtime) => {
    const outcomes = await runtime.run(toPlan(runtime, servers, false))
    expect(outcomes.length).toBeGreaterThan(15)
    expect(outcomes.filter(({ fault }) => fault !== null)).toEqual([])
  })
})
