import { setMaxListeners } from 'node:events'
import { readFile, rm } from 'node:fs/promises'
import postgres, { type Sql } from 'postgres'
import { type PostgresServer, startPostgres } from '../support/postgres.ts'
import { startDays } from './archive.ts'
import type { ClientContext } from './client.ts'
import { send } from './client.ts'
import { createExecutionsTable } from './executions.ts'
import { type Fleet, type FleetOptions, startFleet } from './fleet.ts'
import { createLedger, tally } from './ledger.ts'
import { createRandom } from './random.ts'
import { sleep } from './script.ts'
import { blobsFolder, inlineBlobs } from './blobs.ts'
import { mergeShards } from './shards.ts'
import { verify } from './verify.ts'
import { awaitEnds, startWorkload, type Workload } from './workload.ts'

/** The options of one campaign. */
export interface CampaignOptions {
  readonly rounds: number
  /** Determines all random choices. The timing of the machine still differs between campaigns. */
  readonly seed: number
  /** Over how many stores sessions and runs are spread. @default 1 */
  readonly shards?: number
  /** Whether payloads are kept as files, and the rows have references. @default false */
  readonly blobs?: boolean
  /** Whether days go by, and the logs of earlier ones are archived and dropped. Payloads are files then. @default false */
  readonly archive?: boolean
  /** Receives progress lines. @default none are written */
  readonly log?: (line: string) => void
}

/** The outcome of one campaign. */
export interface CampaignResult {
  /** All violations of the guarantees; empty if there is none. */
  readonly violations: readonly string[]
  /** How often each thing happened. */
  readonly counts: readonly (readonly [what: string, count: number])[]
}

/** The parts of a campaign in progress. */
export interface Campaign extends ClientContext {
  readonly database: CampaignDatabase
  readonly workload: Workload
}

/** What a campaign changes about instances and checks. */
export interface CampaignSetting {
  /** Matches the errors that instances may report. @default those of an outage */
  readonly expected?: RegExp
  /** Prepares the database before the first instance starts. @default nothing; all instances use the database directly */
  prepare?(
    database: CampaignDatabase,
  ): Promise<Partial<Pick<FleetOptions, 'databaseUrls' | 'env' | 'onStderr' | 'program'>>>
  /** Waits for what `disturb` began. Returns violations. */
  settle?(): Promise<readonly string[]>
}

/** A PostgreSQL server that can be crashed, and frozen as if it were overloaded. */
export interface CampaignDatabase {
  readonly server: PostgresServer
  readonly url: string
  readonly sql: Sql
  /** Ends all server processes immediately, without a checkpoint. */
  crash(): Promise<void>
  /** Pauses all server processes. Returns a function that resumes them. */
  freeze(): Promise<() => void>
}

/** The lease of the instances, in milliseconds. */
export const leaseMs = 2_500

/** How long runs and clients may take to end after the last disturbance, in milliseconds. */
const settleMs = 90_000

/**
 * Runs a campaign: starts a database, instances and clients, disturbs them, waits until all runs have ended, and compares
 * what clients saw with what is stored.
 */
export async function runCampaign(
  { rounds, seed, log = () => undefined, ...storage }: CampaignOptions,
  disturb: (campaign: Campaign, round: number) => Promise<void>,
  setting: CampaignSetting = {},
): Promise<CampaignResult> {
  const database = await startDatabase()
  const { shards = 1, archive = false, blobs = archive } = storage
  const folder = blobs ? blobsFolder() : ''
  const abort = new AbortController()
  setMaxListeners(0, abort.signal)
  let fleet: Fleet | undefined
  try {
    const prepared = await setting.prepare?.(database)
    fleet = await startFleet({
      databaseUrls: Array(3).fill(database.url),
      leaseMs,
      ...prepared,
      env: {
        ...prepared?.env,
        SHARDS: String(shards),
        BLOBS: folder,
        ARCHIVE: archive ? '1' : '',
      },
    })
    const ledger = createLedger()
    const random = createRandom(seed)
    const context = { fleet, ledger, random, signal: abort.signal }
    const days = archive ? await startDays(fleet, database.sql, { shards, rounds }) : null
    const campaign = { ...context, database, workload: await startWorkload(context) }
    for (let round = 1; round <= rounds; round++) {
      days?.pass(round)
      await disturb(campaign, round)
      if (round % 10 === 0) log(`round ${round} of ${rounds}, ${campaign.workload.busy()} clients`)
    }
    ledger.violations.push(...((await setting.settle?.()) ?? []))
    await settle(campaign)
    await Promise.all(fleet.instances.map((instance) => instance.terminate()))
    await days?.end(folder, ledger)
    const spread = await mergeShards(database.sql, shards)
    if (Math.min(...spread) === 0) ledger.violations.push(`a shard has no run: ${spread.join()}`)
    if (blobs)
      tally(ledger, 'rows with payloads elsewhere', await inlineBlobs(database.sql, folder))
    const violations = [
      ...(await verify(database.sql, ledger)),
      ...fleetViolations(fleet, setting.expected ?? outage),
    ]
    const reports = [...prefixed('late writes refused: ', fleet.report.refused)]
    return { violations, counts: [...ledger.counts, ...reports] }
  } finally {
    abort.abort()
    await fleet?.stop()
    if (folder !== '') await rm(folder, { recursive: true, force: true })
    await database.sql.end({ timeout: 1 })
    await database.server.remove()
  }
}

/** Waits for all clients and runs, and then starts one more run in every session. */
async function settle(campaign: Campaign): Promise<void> {
  const { fleet, workload, ledger } = campaign
  for (const instance of fleet.instances) {
    instance.resume()
    if (instance.url === null) await instance.start()
  }
  const ends = Promise.all([workload.settle(), awaitEnds(campaign, settleMs)])
  const hasEnded = await Promise.race([ends.then(([, ended]) => ended), sleep(settleMs + 5_000)])
  await workload.stop()
  if (!hasEnded) {
    const runs = await describeOpenRuns(campaign.database)
    ledger.violations.push(
      `after ${settleMs} ms ${workload.busy()} clients are still waiting; open runs: ${runs}`,
    )
  }
  for (const sessionId of ledger.sessions) {
    const message = JSON.stringify({ turns: [{ deltas: 1, paceMs: 0, calls: [] }] })
    const answer = await send(campaign, '/agents/campaign/runs', { body: { message, sessionId } })
    if (answer?.status !== 200) {
      ledger.violations.push(`session ${sessionId} cannot be used: ${JSON.stringify(answer?.body)}`)
    }
    tally(ledger, 'sessions that took one more run')
  }
}

/** Returns the first open runs as JSON, for a violation. */
export async function describeOpenRuns({ sql }: CampaignDatabase): Promise<string> {
  const open = await sql<object[]>`
    select id, session_id, status, epoch::int, attempts, owner is not null as owned, lease_until < now() as late,
      wake_at <= now() as due, cancel_requested_at is not null as cancelled,
      (select count(*)::int from studio.approvals a where a.run_id = r.id and a.status = 'pending') as approvals
    from studio.runs r where ended_at is null order by serial limit 5`
  return JSON.stringify(open)
}

// 57014: a query that was cancelled while the database was frozen may be another one by the time it wakes.
const outage = /^(unavailable|CONNECTION_|CONNECT_TIMEOUT|ECONN|57P|57014)/

/** Reports instances that ended by themselves or not at all, and errors that the disturbances do not explain. */
function fleetViolations({ report }: Fleet, expected: RegExp): string[] {
  const errors = [...report.errors.keys()].filter((error) => !expected.test(error))
  return [
    ...report.faults,
    ...errors.map((error) => `an instance reported: ${error}`),
    ...(report.deaths > 0 ? [`${report.deaths} instances ended by themselves`] : []),
  ]
}

function prefixed(prefix: string, counts: ReadonlyMap<string, number>): [string, number][] {
  return [...counts].map(([name, count]) => [prefix + name, count])
}

async function startDatabase(): Promise<CampaignDatabase> {
  const server = await startPostgres()
  const admin = postgres(server.url(), { max: 1 })
  await admin`create database campaign`
  await admin.end()
  const url = server.url('campaign')
  const sql = postgres(url, { max: 2, onnotice: () => undefined })
  await createExecutionsTable(sql)
  const [folder] = await sql<{ path: string }[]>`select current_setting('data_directory') as path`
  const postmaster = async () =>
    Number((await readFile(`${folder?.path}/postmaster.pid`, 'utf8')).split('\n')[0])
  return {
    server,
    url,
    sql,
    async crash() {
      process.kill(await postmaster(), 'SIGQUIT')
      await server.stop()
    },
    async freeze() {
      const parent = await postmaster()
      const children = await readFile(`/proc/${parent}/task/${parent}/children`, 'utf8')
      const pids = [parent, ...children.trim().split(' ').map(Number)]
      for (const pid of pids) process.kill(pid, 'SIGSTOP')
      return () => pids.forEach((pid) => process.kill(pid, 'SIGCONT'))
    },
  }
}
