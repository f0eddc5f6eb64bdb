import { expect, it } from 'vitest'
import { runOutageCampaign } from './outage.ts'

it('a database that crashes or freezes is answered with 503 in time, and runs go on when it is back', async () => {
  const { violations, counts } = await runOutageCampaign({ rounds: 3, seed: 3 })
  expect(violations).toEqual([])
  expect(new Map(counts).get('answers without a database')).toBe(72)
}, 120_000)
