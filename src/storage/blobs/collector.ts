import type { RunStore } from '../store.ts'
import { prefixOfRun, runOfKey, runsPrefix } from './keys.ts'
import type { BlobEntry, Blobs } from './port.ts'

/** Deletes the blobs of runs that do not exist any more. */
export interface Collector {
  /** Deletes the blobs of runs that were deleted. Never rejects: what stays is found by `collect`. */
  forget(runIds: readonly string[]): Promise<void>
  /** Deletes the blobs of a run that was not admitted. Never rejects. */
  forgetUnused(runId: string): Promise<void>
  /** Looks through the blobs for those that no run has. Resolves to how many were deleted. */
  collect(now: number): Promise<number>
}

/** A blob is written before the row that names it, and a run is never admitted again: younger ones may have no run yet. */
const minAgeMs = 86_400_000

/** One call looks at so many pages of keys; the next one continues there. */
const mostPages = 100

/** Where the next call begins. */
const placeKey = 'collector/after'

/** So many journals are read together, of runs that most likely do not exist. */
const journalsRead = 20

/** So many keys are deleted by one call, which has a deadline. */
const deletedTogether = 100

/** Creates the collector of stores. */
export function createCollector(blobs: Blobs, runs: RunStore): Collector {
  const forgetRun = async (runId: string) => {
    let after: string | null = null
    do {
      const page: Awaited<ReturnType<Blobs['list']>> = await blobs.list(prefixOfRun(runId), after)
      if (page.items.length > 0) await blobs.delete(page.items.map(({ key }) => key))
      after = page.next
    } while (after !== null)
  }
  const forget = async (runIds: readonly string[]) => {
    await Promise.all(runIds.map((runId) => forgetRun(runId).catch(() => undefined)))
  }
  return {
    forget,
    async forgetUnused(runId) {
      // another attempt of the same request may have admitted it
      const found = await runs.journals([runId]).catch(() => null)
      if (found?.length === 0) await forget([runId])
    },
    async collect(now) {
      const encoded = await blobs.get(placeKey)
      const place = encoded && new TextDecoder().decode(encoded)
      let after = place || null
      let deleted = 0
      for (let page = 0; page < mostPages; page++) {
        const { items, next } = await blobs.list(runsPrefix, after)
        const old = items.filter(({ writtenAt }) => now - writtenAt > minAgeMs)
        deleted += await deleteOrphans(blobs, runs, old)
        after = next
        if (after === null) break
      }
      if (after !== (place || null))
        await blobs.put(placeKey, new TextEncoder().encode(after ?? ''))
      return deleted
    },
  }
}

async function deleteOrphans(
  blobs: Blobs,
  runs: RunStore,
  entries: readonly BlobEntry[],
): Promise<number> {
  const keys = new Map<string, string[]>()
  for (const { key } of entries) {
    const runId = runOfKey(key)
    if (runId !== null) keys.set(runId, [...(keys.get(runId) ?? []), key])
  }
  const gone = await findGone(runs, [...keys.keys()])
  const orphans = gone.flatMap((runId) => keys.get(runId) ?? [])
  for (let start = 0; start < orphans.length; start += deletedTogether) {
    await blobs.delete(orphans.slice(start, start + deletedTogether))
  }
  return orphans.length
}

/**
 * Finds the runs that do not exist. `progress` says cheaply which do; that one does not is believed only of `journals`, which
 * rejects when a part of the stores is away.
 */
async function findGone(runs: RunStore, runIds: readonly string[]): Promise<string[]> {
  if (runIds.length === 0) return []
  const known = new Set((await runs.progress?.(runIds))?.map(({ id }) => id))
  const unknown = runIds.filter((id) => !known.has(id))
  const gone: string[] = []
  for (let start = 0; start < unknown.length; start += journalsRead) {
    const part = unknown.slice(start, start + journalsRead)
    const found = new Set((await runs.journals(part)).map(({ run }) => run.id))
    gone.push(...part.filter((id) => !found.has(id)))
  }
  return gone
}
