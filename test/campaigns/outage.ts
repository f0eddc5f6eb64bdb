import {
  type Campaign,
  type CampaignOptions,
  type CampaignResult,
  runCampaign,
} from './campaign.ts'
import { send } from './client.ts'
import { tally } from './ledger.ts'
import { sleep } from './script.ts'

/** The time limit of any request during an outage, in milliseconds. A statement may take 3,000. */
const answerMs = 8_000

/** Crashes or freezes the database during runs and streams, and restores it. */
export function runOutageCampaign(options: CampaignOptions): Promise<CampaignResult> {
  return runCampaign(options, disturb)
}

async function disturb(campaign: Campaign, round: number): Promise<void> {
  const { random, workload, database, ledger } = campaign
  for (let runs = random.between(4, 8); runs > 0; runs--) workload.begin()
  await sleep(random.between(200, 1_500))
  if (round % 3 === 0) {
    tally(ledger, 'times the database froze')
    const thaw = await database.freeze()
    try {
      await probeAll(campaign)
    } finally {
      thaw()
    }
  } else {
    tally(ledger, 'times the database crashed')
    await database.crash()
    try {
      await Promise.all([probeAll(campaign), sleep(random.between(500, 4_000))])
    } finally {
      await database.server.start()
    }
  }
  await awaitRecovery(campaign)
}

/** Checks that every instance answers every kind of request in time with the right status. */
async function probeAll(campaign: Campaign): Promise<void> {
  const { fleet } = campaign
  const message = JSON.stringify({ turns: [] })
  await Promise.all(
    fleet.instances.flatMap(({ url }) => {
      const at = url ?? ''
      return [
        probe(campaign, at, { path: '/runs', status: 503 }),
        probe(campaign, at, { path: '/runs/none/events', status: 503 }),
        probe(campaign, at, { path: '/approvals?status=pending', status: 503 }),
        probe(campaign, at, { path: '/sessions', status: 503, body: { agentId: 'campaign' } }),
        probe(campaign, at, { path: '/agents/campaign/runs', status: 503, body: { message } }),
        probe(campaign, at, { path: '/agents', status: 200 }),
        probe(campaign, at, { path: '/health', status: 200 }),
        probe(campaign, at, { path: '/studio/health', status: 200, health: 'degraded' }),
      ]
    }),
  )
}

interface Probe {
  readonly path: string
  readonly status: number
  readonly body?: object
  readonly health?: string
}

async function probe(campaign: Campaign, url: string, probe: Probe): Promise<void> {
  const { path, status, body, health } = probe
  const { ledger } = campaign
  const options = body === undefined ? {} : { body }
  const startedAt = performance.now()
  const answer = await send(campaign, path, { ...options, url, waitMs: answerMs })
  const ms = Math.round(performance.now() - startedAt)
  const slowest = ledger.counts.get('slowest answer without a database, ms') ?? 0
  ledger.counts.set('slowest answer without a database, ms', Math.max(slowest, ms))
  tally(ledger, 'answers without a database')
  const { code } = (answer?.body['error'] ?? {}) as { code?: string }
  const isRight =
    answer?.status === status &&
    (status !== 503 || code === 'unavailable') &&
    (health === undefined || answer.body['status'] === health)
  if (isRight) return
  const what = answer ? `${answer.status} ${JSON.stringify(answer.body).slice(0, 200)}` : 'nothing'
  ledger.violations.push(`${path} without a database: ${what} after ${ms} ms`)
}

/** Waits until every instance works again without a restart. */
async function awaitRecovery(campaign: Campaign): Promise<void> {
  const { fleet, ledger } = campaign
  const startedAt = performance.now()
  const isBack = async (url: string | null) =>
    (await send(campaign, '/runs?limit=1', { url: url ?? '', waitMs: answerMs }))?.status === 200
  for (const { name, url } of fleet.instances) {
    while (!(await isBack(url))) {
      if (performance.now() - startedAt > 20_000) {
        ledger.violations.push(`${name} does not work again 20 s after the database is back`)
        break
      }
      await sleep(50)
    }
  }
  const ms = Math.round(performance.now() - startedAt)
  const longest = ledger.counts.get('longest recovery, ms') ?? 0
  ledger.counts.set('longest recovery, ms', Math.max(longest, ms))
}
