import { expect, it } from 'vitest'
import { runHostileCampaign } from './hostile.ts'

it('no malformed request gets a 500, a secret or data of another tenant', async () => {
  const { violations, counts } = await runHostileCampaign({ rounds: 1_000, seed: 5 })
  expect(violations).toEqual([])
  expect(new Map(counts).get('answers with 400')).toBeGreaterThan(50)
}, 240_000)
