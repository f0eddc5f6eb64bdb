import { useCallback, useRef, useState } from 'preact/hooks'
import type { RunInfo } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { type Loaded, useLoaded } from '../../app/loaded.ts'
import { type Filters, toRunFilter } from './query.ts'

/** How often the newest runs are read, in milliseconds. */
const refreshMs = 2_000

/** After how many refreshes the open runs further down are read again, and how many of them. */
const olderEvery = 3
const olderAtOnce = 20

/** The runs that are known, newest first, and where the next page begins. */
export interface KnownRuns {
  readonly runs: readonly RunInfo[]
  readonly nextCursor: string | null
}

/**
 * Puts the newest page above what is known. The page covers every match down to its last run, so a known run above that one
 * that is not in the page does not match any more. A page without any known run leaves a gap, and starts the list anew.
 */
function mergeNewest(known: KnownRuns | null, page: KnownRuns): KnownRuns {
  const ids = new Set(page.runs.map(({ id }) => id))
  const last = known?.runs.findLastIndex(({ id }) => ids.has(id)) ?? -1
  if (!known || last < 0 || page.nextCursor === null) return page
  return { runs: [...page.runs, ...known.runs.slice(last + 1)], nextCursor: known.nextCursor }
}

/** The list of runs for these filters: it is live at its top, and grows by pages at its end. */
export function useLiveList(filters: Filters): Loaded<KnownRuns> & { loadMore(): void } {
  const key = JSON.stringify(filters)
  const kept = useRef<{ key: string; known: KnownRuns; times: number } | null>(null)
  const [, redraw] = useState(0)
  const isLoadingMore = useRef(false)
  const current = () => (kept.current?.key === key ? kept.current : null)
  const loaded = useLoaded(
    async (signal) => {
      const { items, nextCursor } = await client.runs
        .list({ ...toRunFilter(filters), signal })
        .page()
      const times = (current()?.times ?? 0) + 1
      const older = current()?.known.runs.slice(items.length) ?? []
      const fresh = await readOpen(times % olderEvery === 0 ? older : [], signal)
      // nothing is awaited from here on, because a page that was read meanwhile would be lost
      const merged = mergeNewest(current()?.known ?? null, { runs: items, nextCursor })
      const known = { ...merged, runs: merged.runs.map((run) => fresh.get(run.id) ?? run) }
      kept.current = { key, known, times }
      return known
    },
    [key],
    { everyMs: refreshMs },
  )
  const loadMore = useCallback(() => {
    const cursor = current()?.known.nextCursor
    if (!cursor || isLoadingMore.current) return
    isLoadingMore.current = true
    client.runs
      .list(toRunFilter(filters))
      .page(cursor)
      .then(({ items, nextCursor }) => {
        const now = current()
        if (!now || now.known.nextCursor !== cursor) return
        const ids = new Set(items.map(({ id }) => id))
        const runs = [...now.known.runs.filter(({ id }) => !ids.has(id)), ...items]
        kept.current = { ...now, known: { runs, nextCursor } }
        redraw((count) => count + 1)
      })
      .catch(() => undefined) // the next scroll tries again
      .finally(() => (isLoadingMore.current = false))
  }, [key])
  return { ...loaded, data: loaded.data && (current()?.known ?? loaded.data), loadMore }
}

/** Reads runs of these again that have not ended, a few at a time. */
async function readOpen(
  runs: readonly RunInfo[],
  signal: AbortSignal,
): Promise<ReadonlyMap<string, RunInfo>> {
  const open = runs.filter(({ endedAt }) => endedAt === undefined).slice(0, olderAtOnce)
  const read = await Promise.all(
    open.map(({ id }) => client.runs.get(id, { signal }).catch(() => null)),
  )
  return new Map(read.flatMap((run) => (run ? [[run.id, run] as const] : [])))
}
