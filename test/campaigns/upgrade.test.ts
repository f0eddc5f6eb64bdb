import { expect, it } from 'vitest'
import { olderVersions } from './older.ts'
import { runUpgradeCampaign } from './upgrade.ts'

const versions = await olderVersions()

// `npm run campaign:upgrade` walks from every version. A checkout without its history has none of their code.
it.skipIf(versions.length === 0)(
  'a fleet of the first version is upgraded one instance after the other, and loses nothing meanwhile',
  async () => {
    const { violations, counts } = await runUpgradeCampaign({ rounds: 8, seed: 8, from: 1 })
    expect(violations).toEqual([])
    expect(counts).toContainEqual(['instances upgraded', 3])
  },
  120_000,
)
