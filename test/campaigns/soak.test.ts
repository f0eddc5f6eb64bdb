import { expect, it } from 'vitest'
import { runSoakCampaign } from './soak.ts'

it('a fleet under a steady load, whose connections are cut, keeps its heap, its connections and its latency', async () => {
  const { violations, counts } = await runSoakCampaign({ rounds: 12, seed: 12 })
  expect(violations).toEqual([])
  expect(counts).toContainEqual(['times all connections were cut', 1])
}, 120_000)
