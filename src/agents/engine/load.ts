import { StudioError } from '../../errors.ts'
import type { ResolvedLimits } from '../../lib/options/limits.ts'

/** What one instance is doing, counted against its limits. */
export interface Load {
  /**
   * Counts a run from its admission until `leave`.
   *
   * @throws StudioError `unavailable` if the instance has too many, `rate_limited` if the tenant or the agent has.
   */
  enter(tenant: string, agentId: string): { leave(): void }
  /**
   * @throws StudioError `unavailable` if too many readers follow runs here, `rate_limited` if too many of this tenant do, or
   *   too many follow this run.
   */
  checkReaders(tenant: string, ofRun: number): void
  /** Counts a reader that begins (1) or ends (-1). */
  countReader(tenant: string, change: 1 | -1): void
  /** Returns how many runs are admitted and not over here, and how many readers follow runs. */
  count(): { readonly runs: number; readonly streams: number }
}

/** Creates the counters of an instance. */
export function createLoad(limits: ResolvedLimits): Load {
  const runs = createCounter()
  const readers = createCounter()
  const { tenantRuns, agentRuns, tenantStreams, runStreams } = limits
  const allRuns = limits.runs + limits.waitingRuns
  return {
    enter(tenant, agentId) {
      const keys = ['', `tenant ${tenant}`, `agent ${agentId}`] as const
      const [all, ofTenant, ofAgent] = keys.map(runs.of) as [number, number, number]
      if (all >= allRuns) throw overloaded('runs', allRuns)
      if (ofTenant >= tenantRuns) throw limited('tenantRuns', tenantRuns)
      if (ofAgent >= agentRuns) throw limited('agentRuns', agentRuns)
      for (const key of keys) runs.add(key, 1)
      let left = false
      return {
        leave() {
          if (left) return
          left = true
          for (const key of keys) runs.add(key, -1)
        },
      }
    },
    checkReaders(tenant, ofRun) {
      if (readers.of('') >= limits.streams) throw overloaded('streams', limits.streams)
      if (readers.of(`tenant ${tenant}`) >= tenantStreams) {
        throw limited('tenantStreams', tenantStreams)
      }
      if (ofRun >= runStreams) throw limited('runStreams', runStreams)
    },
    count: () => ({ runs: runs.of(''), streams: readers.of('') }),
    countReader(tenant, change) {
      readers.add('', change)
      readers.add(`tenant ${tenant}`, change)
    },
  }
}

function createCounter() {
  const counts = new Map<string, number>()
  return {
    of: (key: string) => counts.get(key) ?? 0,
    add(key: string, change: 1 | -1) {
      const count = (counts.get(key) ?? 0) + change
      if (count > 0) counts.set(key, count)
      else counts.delete(key)
    },
  }
}

const retryAfter = { 'retry-after': '5' }

function overloaded(limit: string, count: number): StudioError {
  return new StudioError('unavailable', `This instance has reached its limit of ${limit}`, {
    details: { limit: `limits.${limit}`, count },
    headers: retryAfter,
  })
}

/** The error for a caller that has reached one of its own limits. */
export function limited(limit: keyof ResolvedLimits, count: number): StudioError {
  return new StudioError('rate_limited', `Too many at a time: limits.${limit} is ${count}`, {
    details: { limit: `limits.${limit}`, count },
    headers: retryAfter,
  })
}
