import { expect, it } from 'vitest'
import { runCrashCampaign } from './crash.ts'

it('instances that are killed at random lose nothing, repeat nothing and leave nothing open', async () => {
  const { violations, counts } = await runCrashCampaign({ rounds: 6, seed: 6 })
  expect(violations).toEqual([])
  expect(counts).toContainEqual(['sessions that took one more run', 4])
}, 120_000)
