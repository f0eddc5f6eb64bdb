import type { Exchange } from '../../http/exchange.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { readStores } from '../../agents/http/store-counts.ts'
import { secondBounds } from './otlp-metrics.ts'
import type { Labels, RunCounters } from './run-metrics.ts'

/** The media type of the text format. */
const mediaType = 'text/plain; version=0.0.4; charset=utf-8'

interface Sample {
  readonly suffix?: string
  readonly labels?: Labels
  readonly value: number
}

/** Answers `GET /metrics`: what this process counted, and how many runs and messages the stores have. */
export async function answerMetrics(
  module: AgentsModule,
  exchange: Exchange,
  counters: RunCounters,
): Promise<Response> {
  const { stores, load } = module.engineOf(exchange)
  const [{ counts }, messages] = await Promise.all([
    readStores(module, exchange),
    countMessages(stores.outbox),
  ])
  const text = [
    ...storeFamilies(counts, messages),
    ...runFamilies(counters),
    ...processFamilies(load()),
  ]
  return new Response(text.join(''), { headers: { 'content-type': mediaType } })
}

type Counts = Awaited<ReturnType<typeof readStores>>['counts']

function storeFamilies({ runs, approvals }: Counts, messages: readonly Sample[]): string[] {
  const statuses = Object.entries(runs).map(([status, value]) => ({ labels: { status }, value }))
  return [
    family(
      'fetch_studio_runs',
      'gauge',
      'Runs of the tenant in the stores, at most 10000 each',
      statuses,
    ),
    family('fetch_studio_approvals_pending', 'gauge', 'Approvals of the tenant that wait', [
      { value: approvals.pending },
    ]),
    family(
      'fetch_studio_outbox_messages',
      'gauge',
      'Messages for other systems, at most 10000 each',
      messages,
    ),
  ]
}

function runFamilies({ ended, tokens, durations }: RunCounters): string[] {
  return [
    family(
      'fetch_studio_runs_ended_total',
      'counter',
      'Runs that ended, counted here',
      toSamples(ended),
    ),
    family(
      'fetch_studio_tokens_total',
      'counter',
      'Tokens of runs that ended, counted here',
      toSamples(tokens),
    ),
    family(
      'fetch_studio_run_duration_seconds',
      'histogram',
      'From start to end, waits for people included',
      [...durations.values()].flatMap(toBuckets),
    ),
  ]
}

function processFamilies({
  runs,
  streams,
}: {
  readonly runs: number
  readonly streams: number
}): string[] {
  return [
    family(
      'fetch_studio_runs_admitted',
      'gauge',
      'Runs that advance in this process, or wait for it',
      [{ value: runs }],
    ),
    family('fetch_studio_streams', 'gauge', 'Readers that follow runs in this process', [
      { value: streams },
    ]),
    ...eventLoop(),
  ]
}

type Outbox = ReturnType<AgentsModule['engineOf']>['stores']['outbox']

/** Counts what waits for the receivers of telemetry. Webhooks have a list of their own. */
async function countMessages(outbox: Outbox): Promise<Sample[]> {
  const samples = await Promise.all(
    ['otlp', 'log', 'prometheus'].map(async (target) => {
      const found = await outbox?.count(target)
      return found ? [{ labels: { target, status: 'pending' }, value: found.pending }] : []
    }),
  )
  return samples.flat()
}

function toSamples(
  series: ReadonlyMap<string, { readonly labels: Labels; readonly count: number }>,
): Sample[] {
  return [...series.values()].map(({ labels, count }) => ({ labels, value: count }))
}

function toBuckets({ labels, buckets, sum, count }: RunDurations): Sample[] {
  let below = 0
  const bounds = [...secondBounds.map(String), '+Inf']
  return [
    ...bounds.map((le, index) => {
      below += buckets[index] ?? 0
      return { suffix: '_bucket', labels: { ...labels, le }, value: below }
    }),
    { suffix: '_sum', labels, value: sum },
    { suffix: '_count', labels, value: count },
  ]
}

type RunDurations = RunCounters['durations'] extends Map<string, infer Value> ? Value : never

/** The part of the time that the event loop of the process was busy, where the runtime says it. */
function eventLoop(): string[] {
  const host = performance as { eventLoopUtilization?: () => { readonly utilization: number } }
  const value = host.eventLoopUtilization?.().utilization
  if (value === undefined) return []
  return [
    family(
      'fetch_studio_event_loop_utilization',
      'gauge',
      'Busy part of the event loop since the start, 0 to 1',
      [{ value }],
    ),
  ]
}

function family(name: string, type: string, help: string, samples: readonly Sample[]): string {
  const lines = samples.map(
    ({ suffix = '', labels = {}, value }) => `${name}${suffix}${toLabels(labels)} ${value}`,
  )
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.map((line) => `${line}\n`).join('')}`
}

function toLabels(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escape(value)}"`)
  return pairs.length === 0 ? '' : `{${pairs.join(',')}}`
}

function escape(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n')
}
