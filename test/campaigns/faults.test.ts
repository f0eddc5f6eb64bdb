import { expect, it } from 'vitest'
import { runFaultsCampaign } from './faults.ts'

it('no fault of the database, the clock or user code ends an instance, hangs a request or loses a run', async () => {
  const { violations, counts } = await runFaultsCampaign({ rounds: 5, seed: 5 })
  expect(violations).toEqual([])
  expect(new Map(counts).get('answers checked')).toBeGreaterThan(20)
}, 240_000)
