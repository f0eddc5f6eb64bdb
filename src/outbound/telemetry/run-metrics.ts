import type { RelayChannel } from '../relay/drain.ts'
import { forEachRun, type Told } from '../relay/journals.ts'
import { countBuckets, secondBounds } from './otlp-metrics.ts'

/** What this process counted of runs that ended, since it started. */
export interface RunCounters {
  /** By agent and status. */
  readonly ended: Map<string, { readonly labels: Labels; count: number }>
  /** By agent and type of token. */
  readonly tokens: Map<string, { readonly labels: Labels; count: number }>
  /** By agent. */
  readonly durations: Map<string, Durations>
}

/** Labels of one series, in the order in which they are shown. */
export type Labels = Readonly<Record<string, string>>

/** The durations of the runs of one agent. */
export interface Durations {
  readonly labels: Labels
  readonly buckets: number[]
  sum: number
  count: number
}

/** The most agents that have series of their own; an agent beyond them is counted as `other`. */
const maxAgents = 500

/** Creates empty counters, and the channel that fills them. Several instances count each run once, between them. */
export function createRunCounters(): {
  readonly counters: RunCounters
  readonly channel: RelayChannel
} {
  const counters: RunCounters = { ended: new Map(), tokens: new Map(), durations: new Map() }
  const channel: RelayChannel = {
    target: 'prometheus',
    types: ['run.ended'],
    agents: null,
    batch: 50,
    leaseMs: 60_000,
    async deliver(messages, host) {
      await forEachRun(messages, host, async (told) => {
        await host.outbox.settle(
          told.map(({ message }) => message),
          { to: 'forget' },
        )
        for (const one of told) count(counters, one)
      })
      return true
    },
  }
  return { counters, channel }
}

function count({ ended, tokens, durations }: RunCounters, { message, journal }: Told): void {
  if (!journal) return
  const { run } = journal
  const isKnown = durations.has(message.agentId) || durations.size < maxAgents
  const agent = isKnown ? message.agentId : 'other'
  add(ended, { agent, status: run.status }, 1)
  const { inputTokens, outputTokens, cachedInputTokens, cacheCreationInputTokens } = run.usage
  add(tokens, { agent, type: 'input' }, inputTokens)
  add(tokens, { agent, type: 'output' }, outputTokens)
  add(tokens, { agent, type: 'cache_read' }, cachedInputTokens)
  add(tokens, { agent, type: 'cache_write' }, cacheCreationInputTokens)
  const seconds = secondsOf(run.startedAt ?? run.createdAt, run.endedAt)
  const found = durations.get(agent) ?? {
    labels: { agent },
    buckets: countBuckets([], secondBounds),
    sum: 0,
    count: 0,
  }
  const [index = 0] = countBuckets([seconds], secondBounds).flatMap((here, at) =>
    here ? [at] : [],
  )
  found.buckets[index] = (found.buckets[index] ?? 0) + 1
  found.sum += seconds
  found.count++
  durations.set(agent, found)
}

function secondsOf(from: string, to: string | null): number {
  return to === null ? 0 : Math.max(0, Date.parse(to) - Date.parse(from)) / 1_000
}

function add(
  series: Map<string, { readonly labels: Labels; count: number }>,
  labels: Labels,
  change: number,
): void {
  const key = JSON.stringify(labels)
  const found = series.get(key) ?? { labels, count: 0 }
  found.count += change
  series.set(key, found)
}
