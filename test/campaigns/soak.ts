import {
  type Campaign,
  type CampaignOptions,
  type CampaignResult,
  runCampaign,
} from './campaign.ts'
import { send } from './client.ts'
import { tally } from './ledger.ts'
import { sleep } from './script.ts'

/** What the fleet was like in one round. */
interface Sample {
  /** Bytes of live objects of the largest instance. */
  readonly heap: number
  readonly connections: number
  /** How long `GET /runs` took, in milliseconds. */
  readonly latency: number
}

/** The most connections of the fleet: three instances with 6 + 3, one that listens each, and 2 of the campaign. */
const maxConnections = 3 * 10 + 2

/** Errors of an outage, and of the pool of the tools, which do not go through a store. */
const expected = /^(unavailable|CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|57P)/

/** How long a round takes, in milliseconds. */
export const roundMs = 1_000

/**
 * Keeps a fleet under a steady mixed load for as many rounds of a second, and cuts connections now and then. Compares the last
 * third with the first: heap, connections and latency must not grow.
 */
export function runSoakCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const samples: Sample[] = []
  let violations: readonly string[] = []
  return runCampaign(
    options,
    async (campaign, round) => {
      const startedAt = performance.now()
      await disturb(campaign, round)
      samples.push(await takeSample(campaign))
      await sleep(Math.max(0, roundMs - (performance.now() - startedAt)))
      if (round < options.rounds) return
      violations = compare(samples, campaign)
    },
    { settle: async () => violations, expected },
  )
}

async function disturb({ workload, random, database, ledger }: Campaign, round: number) {
  const runs = workload.busy() > 30 ? 0 : random.between(2, 5)
  for (let count = 0; count < runs; count++) workload.begin()
  if (round % 20 !== 10) return
  tally(ledger, 'times all connections were cut')
  await database.sql`
    select pg_terminate_backend(pid) from pg_stat_activity
    where datname = current_database() and pid <> pg_backend_pid()`
}

async function takeSample(campaign: Campaign): Promise<Sample> {
  const { database, fleet } = campaign
  const [row] = await database.sql<{ connections: number }[]>`
    select count(*)::integer as connections from pg_stat_activity where datname = current_database()`
  const startedAt = performance.now()
  await send(campaign, '/runs?limit=20')
  const latency = performance.now() - startedAt
  const heaps = [...fleet.report.heaps.values()]
  return { heap: Math.max(0, ...heaps), connections: row?.connections ?? 0, latency }
}

/** Says what grew from the first third to the last, by the medians. A heap may grow by a fifth and 8 MB. */
function compare(samples: readonly Sample[], { ledger }: Campaign): string[] {
  const third = Math.max(1, Math.floor(samples.length / 3))
  const note = (name: keyof Sample, divisor = 1) => {
    const median = (part: readonly Sample[]) => {
      const known = part.map((sample) => sample[name]).filter((value) => value > 0)
      const sorted = known.sort((a, b) => a - b)
      return sorted[Math.floor(sorted.length / 2)] ?? 0
    }
    const [first, last] = [median(samples.slice(0, third)), median(samples.slice(-third))]
    ledger.counts.set(`${name} in the first third`, Math.round(first / divisor))
    ledger.counts.set(`${name} in the last third`, Math.round(last / divisor))
    return { first, last }
  }
  const heap = note('heap', 1_048_576)
  const latency = note('latency')
  note('connections')
  const most = Math.max(...samples.map(({ connections }) => connections))
  return [
    ...(heap.last > heap.first * 1.2 + 8 * 1_048_576 ? ['the heap grew'] : []),
    ...(latency.last > latency.first * 3 + 50 ? ['answers became slower'] : []),
    ...(most > maxConnections ? [`${most} connections, of at most ${maxConnections}`] : []),
  ]
}
