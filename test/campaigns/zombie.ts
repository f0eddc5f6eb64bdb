import {
  type Campaign,
  type CampaignOptions,
  type CampaignResult,
  describeOpenRuns,
  leaseMs,
  runCampaign,
} from './campaign.ts'
import { tally } from './ledger.ts'
import { sleep } from './script.ts'

/** Pauses an instance during its runs, lets other instances finish them, and resumes it. */
export function runZombieCampaign(options: CampaignOptions): Promise<CampaignResult> {
  return runCampaign(options, disturb)
}

async function disturb(campaign: Campaign): Promise<void> {
  const { fleet, random, workload, ledger } = campaign
  const zombie = random.pick(fleet.up())
  for (let runs = random.between(3, 6); runs > 0; runs--) workload.begin(zombie.url ?? undefined)
  await sleep(random.between(50, 900))
  zombie.pause()
  const owned = await readOwned(campaign)
  await awaitTakeover(campaign, owned)
  const before = await readState(campaign, owned)
  const refused = countRefused(campaign)
  zombie.resume()
  await sleep(leaseMs)
  const after = await readState(campaign, owned)
  for (const [runId, state] of before) {
    if (after.get(runId) !== state) ledger.violations.push(`run ${runId} changed after its end`)
  }
  tally(ledger, 'instances paused and resumed')
  tally(ledger, 'runs taken over', owned.length)
  if (owned.length > 0 && countRefused(campaign) === refused) {
    ledger.violations.push(
      `${zombie.name} lost ${owned.length} runs and none of its writes was refused`,
    )
  }
}

/** Returns the runs of the paused instance, which are those whose leases are not renewed. */
async function readOwned({ database }: Campaign): Promise<string[]> {
  const rows = await database.sql<{ id: string; epoch: number }[]>`
    select id, epoch::int from studio.runs where owner is not null`
  await sleep(leaseMs / 2) // instances renew a lease whenever a third of it has passed
  const late = await database.sql<{ id: string }[]>`
    select id from studio.runs where owner is not null and id in ${database.sql([
      '',
      ...rows.map(({ id }) => id),
    ])} and lease_until < now() + ${leaseMs / 2} * interval '1 millisecond'`
  return late.map(({ id }) => id)
}

/** Waits until other instances have ended the runs, which includes the time for approvals. */
async function awaitTakeover({ database, ledger }: Campaign, runIds: string[]): Promise<void> {
  const until = performance.now() + 30_000
  for (;;) {
    const [open] = await database.sql<{ count: number }[]>`
      select count(*)::int as count from studio.runs
      where ended_at is null and id in ${database.sql(['', ...runIds])}`
    if (open?.count === 0) return
    if (performance.now() > until) {
      ledger.violations.push(
        `${open?.count} runs of a paused instance did not end within 30 s; open runs: ${await describeOpenRuns(database)}`,
      )
      return
    }
    await sleep(100)
  }
}

/** Returns a fingerprint of all stored rows of each run. */
async function readState({ database }: Campaign, runIds: string[]): Promise<Map<string, string>> {
  const rows = await database.sql<{ id: string; state: string }[]>`
    select r.id, md5(r::text
      || coalesce((select string_agg(e::text, ',' order by e.first_seq)
          from studio.run_events e where e.run_id = r.id), '')
      || coalesce((select string_agg(m::text, ',' order by m.index)
          from studio.run_messages m where m.run_id = r.id), '')
      || coalesce((select string_agg(c::text, ',' order by c.tool_call_id)
          from studio.run_tool_calls c where c.run_id = r.id), '')
      || coalesce((select string_agg(a::text, ',' order by a.id)
          from studio.approvals a where a.run_id = r.id), '')) as state
    from studio.runs r where r.ended_at is not null and r.id in ${database.sql(['', ...runIds])}`
  return new Map(rows.map(({ id, state }) => [id, state]))
}

function countRefused({ fleet }: Campaign): number {
  return [...fleet.report.refused.values()].reduce((sum, count) => sum + count, 0)
}
