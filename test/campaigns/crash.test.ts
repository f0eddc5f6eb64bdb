import { expect, it } from 'vitest'
import { runCrashCampaign } from './crash.ts'

it('a fleet whose instances are killed at random loses no run, repeats no unsafe tool and leaves no run open', async () => {
  const { violations, counts } = await runCrashCampaign({ rounds: 6, seed: 6 })
  expect(violations).toEqual([])
  expect(counts).toContainEqual(['sessions that took one more run', 4])
}, 120_000)
