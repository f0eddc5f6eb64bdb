import {
  type Campaign,
  type CampaignDatabase,
  type CampaignOptions,
  type CampaignResult,
  runCampaign,
} from './campaign.ts'
import { exchange } from './client.ts'
import { type CampaignRequest, drawRequest } from './faults/requests.ts'
import { errorCode } from '../../src/lib/failures/error-code.ts'
import { conditions, type FaultProxy, startFaultProxy } from '../support/fault-proxy.ts'
import { canary } from './faults/unruly.ts'
import { unrulyTables } from './faults/unruly-project.ts'
import { tally } from './ledger.ts'
import { sleep } from './script.ts'

/** The errors that the faults explain. All others that an instance reports are violations. */
const expected =
  /^(unavailable|CONNECTION_|CONNECT_TIMEOUT|ECONN|EPIPE|57P|57014|55P03|42501|53100|28000|3D000|08|onError|undefined$|.*canary|.*(TimeoutError|AbortError|did not|No answer|exceeds|half|aborted|a text|unruly|The model |The result ))/

/**
 * Disturbs the connections between instances and database, the database itself, clocks and instances, while clients use all
 * endpoints of both modules and while models, tools, policies, hooks and the application misbehave.
 */
export async function runFaultsCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const proxies: FaultProxy[] = []
  const requests = new Set<Promise<void>>()
  const leaks: string[] = []
  const scan = (line: string) => {
    if (line.includes(canary)) leaks.push(`standard error: ${line.slice(0, 300)}`)
  }
  try {
    return await runCampaign(options, (campaign) => disturb(campaign, { proxies, requests }), {
      expected,
      async prepare(database) {
        await createRole(database)
        const url = database.server.url('campaign').replace(/\/\/[^@]*@/, `//app:${canary}@`)
        for (let count = 0; count < 3; count++) proxies.push(await startFaultProxy(new URL(url)))
        return {
          databaseUrls: proxies.map((proxy) => proxy.through(url)),
          env: { UNRULY: '1', DIRECT_URL: database.url },
          onStderr: scan,
        }
      },
      async settle() {
        await Promise.all(requests)
        return leaks
      },
    })
  } finally {
    await Promise.all(proxies.map((proxy) => proxy.close()))
  }
}

/** Creates the role of the instances: no superuser, so that its rights can be taken away. */
async function createRole({ sql }: CampaignDatabase): Promise<void> {
  await sql.unsafe(
    `create role app login password '${canary}'; grant all on database campaign to app`,
  )
  await sql.unsafe(`grant all on schema public to app; ${unrulyTables}`)
  await sql.unsafe(`grant all on all tables in schema public to app`)
  await sql.unsafe(`create function disk_full() returns trigger language plpgsql as $$ begin
    raise exception 'could not extend file "base/5/1": No space left on device' using errcode = '53100'; end $$`)
}

/** The parts of this campaign that are not in every campaign. */
interface Faults {
  readonly proxies: readonly FaultProxy[]
  readonly requests: Set<Promise<void>>
}

type Fault = (campaign: Campaign, faults: Faults) => Promise<() => Promise<unknown>>

/** Changes or locks tables that instances use. PostgreSQL ends either side of a deadlock; when it is this one, it tries again. */
async function whileInUse(sql: Pick<CampaignDatabase['sql'], 'unsafe'>, text: string) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await sql.unsafe(text)
    } catch (error) {
      if (errorCode(error) !== '40P01' || attempt === 10) throw error
    }
  }
}

/** Each fault begins when it is called, and ends with the function that it resolves to. */
const faults: Readonly<Record<string, Fault>> = {
  ...Object.fromEntries(
    conditions.map((condition): [string, Fault] => [
      condition,
      async ({ random }, { proxies }) => {
        const chosen = random.chance(0.5) ? proxies : [random.pick(proxies)]
        await Promise.all(chosen.map((proxy) => proxy.set(condition)))
        return () => Promise.all(chosen.map((proxy) => proxy.set('pass')))
      },
    ]),
  ),
  'backends terminated': async ({ database: { sql }, random }) => {
    const share = random.next()
    await sql`select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app' and random() < ${share}`
    return async () => undefined
  },
  'a role without rights': async ({ database: { sql }, random }) => {
    const schema = random.pick(['studio', 'public'])
    await sql.unsafe(`revoke all on all tables in schema ${schema} from app`)
    return () => sql.unsafe(`grant all on all tables in schema ${schema} to app`)
  },
  'a full disk': async ({ database: { sql }, random }) => {
    const table = `studio.${random.pick(['runs', 'run_events', 'run_messages', 'run_tool_calls', 'approvals', 'sessions'])}`
    await whileInUse(
      sql,
      `create trigger disk_full before insert or update on ${table} for each row execute function public.disk_full()`,
    )
    return () => whileInUse(sql, `drop trigger disk_full on ${table}`)
  },
  'a locked table': async ({ database, random }) => {
    const table = random.pick(['books', 'aksara_migrations', 'studio.runs', 'studio.run_events'])
    const lock = await database.sql.reserve() // the test's own connection, which no fault ends
    await whileInUse(lock, `rollback; begin; lock table ${table}`)
    return async () => {
      await lock.unsafe('rollback')
      lock.release()
    }
  },
  'clocks that jump': async ({ fleet, random }) => {
    for (const instance of fleet.instances) instance.skewClock(random.between(-600_000, 600_000))
    return async () => fleet.instances.forEach((instance) => instance.skewClock(0))
  },
  'an instance that ends': async ({ fleet, random }) => {
    const instance = random.pick(fleet.instances)
    const ended = instance.terminate()
    return async () => {
      await ended
      await instance.start()
    }
  },
  'an instance that ends without its database': async ({ fleet, random }, { proxies }) => {
    const index = random.between(0, proxies.length - 1)
    await proxies[index]?.set('freeze')
    await sleep(200)
    const ended = fleet.instances[index]?.terminate()
    return async () => {
      await ended
      await proxies[index]?.set('pass')
      await fleet.instances[index]?.start()
    }
  },
}

async function disturb(campaign: Campaign, context: Faults): Promise<void> {
  const { random, workload, ledger, fleet } = campaign
  if (workload.busy() < 60) for (let runs = random.between(1, 3); runs > 0; runs--) workload.begin()
  const name = random.pick(Object.keys(faults))
  tally(ledger, `fault: ${name}`)
  request(campaign, context.requests)
  await sleep(random.between(50, 500))
  const end = await faults[name]?.(campaign, context)
  for (const _ of fleet.instances)
    for (let n = random.between(1, 3); n > 0; n--) request(campaign, context.requests)
  await sleep(random.between(200, 2_500))
  request(campaign, context.requests)
  await end?.()
  await sleep(random.between(0, 500))
}

/** Sends one request in the background, and checks its answer. */
function request(campaign: Campaign, requests: Set<Promise<void>>): void {
  if (requests.size > 60) return
  const drawn = drawRequest(campaign.random, campaign.ledger)
  const url = campaign.fleet.pickUrl(campaign.random)
  const done = check(campaign, url, drawn).finally(() => requests.delete(done))
  requests.add(done)
}

async function check(
  { ledger, signal }: Campaign,
  url: string,
  drawn: CampaignRequest,
): Promise<void> {
  const { method, path, headers = {}, body, limitMs = 15_000, mayFail = false } = drawn
  const request = { url, method, headers, body, waitMs: limitMs, signal }
  const answer = await exchange(path, request, async (response) => {
    return { status: response.status, text: await response.text() }
  })
  const what = `${method} ${path} ${JSON.stringify(body ?? '').slice(0, 120)}`
  tally(ledger, 'answers checked')
  if (answer === 'late') ledger.violations.push(`${what}: no answer within ${limitMs} ms`)
  if (answer === 'late' || !answer) return void tally(ledger, 'answers cut off') // an instance that ended
  tally(ledger, `answers with ${answer.status}`)
  const { status, text } = answer
  if (text.includes(canary))
    ledger.violations.push(`${what}: answered with a secret: ${around(text)}`)
  const isRight =
    status < 500 || status === 503 || (status === 500 && mayFail && text.includes('runId'))
  if (!isRight) ledger.violations.push(`${what}: ${status} ${text.slice(0, 300)}`)
}

function around(text: string): string {
  const at = text.indexOf(canary)
  return text.slice(Math.max(at - 150, 0), at + 50)
}
