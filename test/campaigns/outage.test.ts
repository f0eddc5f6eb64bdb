import { expect, it } from 'vitest'
import { runOutageCampaign } from './outage.ts'

it('instances return 503 in time while their database is crashed or frozen, and continue runs afterwards', async () => {
  const { violations, counts } = await runOutageCampaign({ rounds: 3, seed: 3 })
  expect(violations).toEqual([])
  expect(new Map(counts).get('answers without a database')).toBe(72)
}, 120_000)
