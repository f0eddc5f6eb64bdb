import { expect, it } from 'vitest'
import { runChangeCampaign } from './change.ts'

it('a process that is killed while it changes files leaves them before or after, never between', async () => {
  const { violations, counts } = await runChangeCampaign({ rounds: 6, seed: 12 })
  expect(violations).toEqual([])
  const killed = counts.filter(([what]) => what.includes('killed'))
  expect(killed.reduce((sum, [, count]) => sum + count, 0)).toBeGreaterThan(0)
}, 240_000)
