import { useEffect, useRef, useState } from 'preact/hooks'
import { client } from '../../app/api.ts'
import { logins } from '../../app/session.ts'
import { createTranscript, type Transcript } from './transcript.ts'

/** A transcript that grows, and why it cannot be continued. */
export interface LiveTranscript extends Transcript {
  readonly error: unknown
  retry(): void
}

const nothing: Transcript = { events: [], items: [], attempts: new Map(), end: null }

/** How often a page in the background takes over new events, in milliseconds. */
const hiddenMs = 250

/**
 * Follows a run from its first event to its last one. The client reconnects by itself, to any instance; events come in batches,
 * one for each frame of the screen.
 */
export function useTranscript(runId: string): LiveTranscript {
  const [transcript, setTranscript] = useState(nothing)
  const [error, setError] = useState<unknown>(null)
  const [times, setTimes] = useState(0)
  const frame = useRef(0)
  useEffect(() => {
    const stop = new AbortController()
    const log = createTranscript()
    let isDue = false
    const show = () => {
      isDue = false
      if (!stop.signal.aborted) setTranscript(log.read())
    }
    const plan = () => {
      if (isDue) return
      isDue = true
      if (document.visibilityState === 'visible') frame.current = requestAnimationFrame(show)
      else setTimeout(show, hiddenMs)
    }
    const read = async () => {
      for await (const event of client.runs.follow(runId, { signal: stop.signal })) {
        log.add(event)
        plan()
      }
    }
    setTranscript(nothing)
    setError(null)
    read().catch((reason: unknown) => {
      if (!stop.signal.aborted) setError(reason)
    })
    return () => {
      stop.abort()
      cancelAnimationFrame(frame.current)
    }
  }, [runId, times, logins.value])
  return { ...transcript, error, retry: () => setTimes((count) => count + 1) }
}
