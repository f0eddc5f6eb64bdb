import { useEffect, useRef, useState } from 'preact/hooks'
import type { RunInfo, SessionReading } from '../../../client.ts'
import { client } from '../../app/api.ts'
import { useLoaded } from '../../app/loaded.ts'

/** One entry of a conversation as people read it. */
export type Entry = SessionReading['transcript'][number]

const refreshMs = 2_500
const pageSize = 100

/**
 * Reads a conversation: what is stored of it, and the runs that are not over. A run that ends is shown live until what is stored
 * contains its end, so that nothing jumps.
 */
export function useConversation(sessionId: string) {
  const runs = useLoaded(
    async (signal) => (await client.runs.list({ sessionId, limit: 30, signal }).page()).items,
    [sessionId],
    { everyMs: refreshMs },
  )
  const ended = (runs.data ?? []).filter(({ endedAt }) => endedAt !== undefined)
  const [newest] = ended
  const reading = useLoaded(
    (signal) => client.sessions.get(sessionId, { messageLimit: pageSize, signal }),
    [sessionId, newest?.id ?? '', ended.length],
  )
  const kept = useRef<SessionReading | null>(null)
  if (reading.data) kept.current = reading.data
  const live = useLiveRuns(runs.data ?? [], kept.current)
  return { runs, reading, session: kept.current, live }
}

function useLiveRuns(runs: readonly RunInfo[], session: SessionReading | null): readonly RunInfo[] {
  const seen = useRef(new Set<string>())
  for (const { id, endedAt } of runs) if (endedAt === undefined) seen.current.add(id)
  const stored = new Set(
    (session?.transcript ?? []).flatMap((entry) =>
      entry.kind === 'message' && entry.traceId !== undefined ? [entry.traceId] : [],
    ),
  )
  return runs
    .filter(({ id, trace }) => seen.current.has(id) && !stored.has(trace.traceId))
    .toReversed()
}

/** The entries of runs that are over: those of a run that goes on come from its own events. */
export function storedEntries(transcript: readonly Entry[], hasLive: boolean): readonly Entry[] {
  if (!hasLive) return transcript
  const last = transcript.findLastIndex(
    (entry) => entry.kind === 'message' && entry.traceId !== undefined,
  )
  return transcript.slice(0, last + 1)
}

interface OlderPages {
  readonly pages: readonly (readonly Entry[])[]
  readonly before: number | null
  readonly error: unknown
}

const noPages: OlderPages = { pages: [], before: null, error: null }

/** Reads the pages of older messages that a person asked for. */
export function useOlder(session: SessionReading | null) {
  const [older, setOlder] = useState(noPages)
  const first = session?.nextBefore ?? null
  const isBusy = useRef(false)
  // Older pages end where the newest one begins. When that moves on, they would leave a gap.
  useEffect(() => setOlder(noPages), [first])
  const before = older.pages.length === 0 ? first : older.before
  const load = async () => {
    if (!session || before === null || isBusy.current) return
    isBusy.current = true
    try {
      const page = await client.sessions.get(session.id, { messageLimit: pageSize, before })
      setOlder(({ pages }) => ({
        pages: [page.transcript, ...pages],
        before: page.nextBefore ?? null,
        error: null,
      }))
    } catch (error) {
      setOlder((known) => ({ ...known, error }))
    }
    isBusy.current = false
  }
  return { entries: older.pages.flat(), hasMore: before !== null, error: older.error, load }
}
