// Runs one campaign from the command line: node scripts/run-ts.mjs test/campaigns/run.ts crash --rounds 200 --seed 1
import { parseArgs } from 'node:util'
import type { CampaignOptions, CampaignResult } from './campaign.ts'
import { runChangeCampaign } from './change.ts'
import { runCrashCampaign } from './crash.ts'
import { runFaultsCampaign } from './faults.ts'
import { runHostileCampaign } from './hostile.ts'
import { runOutageCampaign } from './outage.ts'
import { roundMs, runSoakCampaign } from './soak.ts'
import { runUpgradeCampaign } from './upgrade.ts'
import { runZombieCampaign } from './zombie.ts'

type Options = CampaignOptions & { readonly from?: number }
const campaigns: Record<string, (options: Options) => Promise<CampaignResult>> = {
  change: runChangeCampaign,
  crash: runCrashCampaign,
  zombie: runZombieCampaign,
  outage: runOutageCampaign,
  faults: runFaultsCampaign,
  hostile: runHostileCampaign,
  soak: runSoakCampaign,
  upgrade: runUpgradeCampaign,
}

const { values, positionals } = parseArgs({
  options: {
    rounds: { type: 'string' },
    cases: { type: 'string' },
    seed: { type: 'string' },
    shards: { type: 'string' },
    blobs: { type: 'boolean' },
    archive: { type: 'boolean' },
    minutes: { type: 'string' },
    from: { type: 'string' },
  },
  allowPositionals: true,
})
const [name = ''] = positionals
const run = campaigns[name]
const minutes = Number(values.minutes ?? 0)
const rounds =
  minutes > 0
    ? Math.round((minutes * 60_000) / roundMs)
    : Number(values.rounds ?? values.cases ?? 20)
const shards = Number(values.shards ?? 1)
const seed = Number(values.seed ?? Math.floor(Math.random() * 1_000_000))
if (!run || !Number.isInteger(rounds) || rounds < 1 || !Number.isInteger(seed) || !(shards >= 1)) {
  console.error(
    `usage: <${Object.keys(campaigns).join('|')}> [--rounds n | --cases n | --minutes n] [--seed n] [--shards n] [--blobs] [--archive] [--from version]`,
  )
  process.exit(2)
}

console.log(`${name}: ${rounds} rounds, seed ${seed}`)
const startedAt = performance.now()
const { violations, counts } = await run({
  rounds,
  seed,
  shards,
  ...(values.blobs === undefined ? {} : { blobs: values.blobs }),
  ...(values.archive === undefined ? {} : { archive: values.archive }),
  log: console.log,
  ...(values.from === undefined ? {} : { from: Number(values.from) }),
})
const width = Math.max(...counts.map(([what]) => what.length))
for (const [what, count] of [...counts].sort(([a], [b]) => a.localeCompare(b))) {
  console.log(`  ${what.padEnd(width)} ${String(count).padStart(7)}`)
}
console.log(`${Math.round((performance.now() - startedAt) / 1000)} s, seed ${seed}`)
console.log(violations.length === 0 ? 'no violation' : `${violations.length} violations:`)
const times = new Map<string, number>()
for (const violation of violations) times.set(violation, (times.get(violation) ?? 0) + 1)
for (const [violation, count] of [...times].slice(0, 50)) {
  console.log(`  ${count > 1 ? `${count} times: ` : ''}${violation}`)
}
process.exit(violations.length === 0 ? 0 : 1)
