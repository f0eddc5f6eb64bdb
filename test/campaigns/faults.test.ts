import { expect, it } from 'vitest'
import { runFaultsCampaign } from './faults.ts'

it('no fault of connections, database, clocks or user code ends an instance, leaks a secret or loses a run', async () => {
  const { violations, counts } = await runFaultsCampaign({ rounds: 4, seed: 5 })
  expect(violations).toEqual([])
  expect(new Map(counts).get('answers checked')).toBeGreaterThan(20)
}, 240_000)
