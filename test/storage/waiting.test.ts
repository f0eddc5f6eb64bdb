import { expect, it } from 'vitest'
import { measureWaiting } from '../../bench/durable-waiting.ts'
import { withPostgres } from '../support/postgres.ts'

const postgres = withPostgres()

it('runs that wait for an approval hold no lease, no timer, no handle and almost no memory', async () => {
  const { sql, url } = await postgres.createDatabase()
  const held = await measureWaiting(sql, url, 1_000)
  expect(held).toMatchObject({
    waiting: 2_000,
    leases: 0,
    due: 0,
    moreResources: 0,
    busyConnections: 0,
  })
  expect(held.bytesPerRun).toBeLessThan(1_024)
}, 120_000)
