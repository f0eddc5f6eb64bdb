import { expect, it } from 'vitest'
import { runZombieCampaign } from './zombie.ts'

it('an instance that was paused for longer than its lease changes no row when it resumes', async () => {
  const { violations, counts } = await runZombieCampaign({ rounds: 2, seed: 2 })
  expect(violations).toEqual([])
  const total = new Map(counts)
  expect(total.get('runs taken over')).toBeGreaterThan(0)
  const refused = ['renew', 'commit'].map((kind) => total.get(`late writes refused: ${kind}`) ?? 0)
  expect(Math.max(...refused)).toBeGreaterThan(0)
}, 120_000)
