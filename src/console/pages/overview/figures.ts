import type { Answers, ApprovalInfo, RunInfo } from '../../../client.ts'
import { about, serves } from '../../app/about.ts'
import { client } from '../../app/api.ts'
import { type Loaded, useLoaded } from '../../app/loaded.ts'
import { now } from '../../app/time.ts'

/** How long an hour is, in milliseconds. */
export const hourMs = 3_600_000
/** How long a day is, in milliseconds. */
export const dayMs = 24 * hourMs
const fastMs = 3_000
const slowMs = 60_000

/** The most pages of runs that are read to count tokens. */
const mostPages = 5

/** The runs of the last days. */
export interface Recent {
  readonly runs: readonly RunInfo[]
  /** True if there were more than were read. */
  readonly isCut: boolean
}

/** Everything that the overview shows. What this deployment does not serve stays null. */
export interface OverviewData {
  readonly status: Loaded<Answers['/status']>
  readonly approvals: Loaded<readonly ApprovalInfo[]>
  readonly failures: Loaded<Recent>
  readonly recent: Loaded<Recent>
  readonly health: Loaded<Answers['/studio/health'] | null>
  readonly migrations: Loaded<Answers['/studio/migrations/summary'] | null>
  readonly schema: Loaded<Answers['/ai/schema/health'] | null>
  readonly context: Loaded<Answers['/studio/context/summary'] | null>
}

/** Reads each part by itself, so that one that fails takes none of the others away. */
export function useOverview(): OverviewData {
  const fast = { everyMs: fastMs }
  const slow = { everyMs: slowMs }
  const hasProject = about.value?.handshake != null
  const isStudied = hasDatabase()
  const only = <T>(isServed: boolean, read: () => Promise<T>) =>
    isServed ? read() : Promise.resolve(null)
  return {
    status: useLoaded((signal) => client.get('/status', { signal }), [], fast),
    approvals: useLoaded(
      async (signal) =>
        serves('approvals')
          ? (await client.approvals.list({ status: 'pending', limit: 4, signal }).page()).items
          : [],
      [],
      fast,
    ),
    failures: useLoaded((signal) => readFailures(signal), [], fast),
    recent: useLoaded((signal) => readRecent(signal), [], slow),
    health: useLoaded(
      (signal) => only(isStudied, () => client.get('/studio/health', { signal })),
      [isStudied],
      slow,
    ),
    migrations: useLoaded(
      (signal) => only(isStudied, () => client.get('/studio/migrations/summary', { signal })),
      [isStudied],
      slow,
    ),
    schema: useLoaded(
      (signal) => only(servesSchema(), () => client.get('/ai/schema/health', { signal })),
      [servesSchema()],
      slow,
    ),
    context: useLoaded(
      (signal) => only(hasProject, () => client.get('/studio/context/summary', { signal })),
      [hasProject],
      slow,
    ),
  }
}

/** Was the studio given a database? Without one there is nothing that could be away. */
export function hasDatabase(): boolean {
  const database = about.value?.handshake?.database
  if (!database) return false
  return database.connected || database.last_error !== null || database.pool_size > 0
}

/** Does this deployment examine the schema? Its handshake names the endpoint then. */
export function servesSchema(): boolean {
  const endpoints = Object.values(about.value?.handshake?.endpoints ?? {})
  return hasDatabase() && endpoints.some((path) => path.endsWith('/ai/schema/health'))
}

const since = (ms: number) => new Date(now.peek() - ms).toISOString()

async function readFailures(signal: AbortSignal): Promise<Recent> {
  const list = client.runs.list({ status: 'failed', endedAfter: since(dayMs), limit: 100, signal })
  const { items, nextCursor } = await list.page()
  return { runs: items, isCut: nextCursor !== null }
}

async function readRecent(signal: AbortSignal): Promise<Recent> {
  const list = client.runs.list({ createdAfter: since(7 * dayMs), limit: 100, signal })
  const runs: RunInfo[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < mostPages && cursor !== null; page++) {
    const read = await list.page(cursor)
    runs.push(...read.items)
    cursor = read.nextCursor
  }
  return { runs, isCut: typeof cursor === 'string' }
}

/** How many runs there were since then: `12`, or `500+` if not all of that time was read. */
export function countSince({ runs, isCut }: Recent, ms: number, at: keyof RunInfo): string {
  const from = now.peek() - ms
  const found = runs.filter((run) => Date.parse(String(run[at])) >= from).length
  return isCut && found === runs.length ? `${found}+` : String(found)
}

/** The tokens of one day. */
export interface Day {
  readonly at: number
  readonly input: number
  readonly output: number
}

/** Sums the tokens of the last seven days, by the days of the browser's time zone. */
export function sumByDay(runs: readonly RunInfo[]): readonly Day[] {
  const today = new Date(now.peek())
  const days = Array.from({ length: 7 }, (_, index) => {
    const start = new Date(today.getFullYear(), today.getMonth(), today.getDate() - 6 + index)
    return { at: start.getTime(), input: 0, output: 0 }
  })
  for (const { createdAt, usage } of runs) {
    const day = days.findLast(({ at }) => at <= Date.parse(createdAt))
    if (!day) continue
    day.input += usage.inputTokens
    day.output += usage.outputTokens
  }
  return days
}
