import { expect, it } from 'vitest'
import { runCrashCampaign } from './crash.ts'

it('a fleet whose instances are killed at random loses no run, repeats no unsafe tool and leaves no run open', async () => {
  const { violations, counts } = await runCrashCampaign({ rounds: 6, seed: 6 })
  expect(violations).toEqual([])
  expect(counts).toContainEqual(['sessions that took one more run', 4])
}, 120_000)

it('the same fleet loses no event while it archives and drops the logs of earlier days', async () => {
  const { violations, counts } = await runCrashCampaign({ rounds: 8, seed: 6, archive: true })
  expect(violations).toEqual([])
  expect(Object.fromEntries(counts)['logs archived at the end']).toBeGreaterThan(0)
}, 120_000)
