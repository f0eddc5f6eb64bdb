import { useCallback, useEffect, useRef, useState } from 'react'
import type { StudioClient } from '../client/client.ts'
import type { RunBody, SessionReading } from '../client/wire.ts'
import type { RunView } from './run-view.ts'
import { useLatest } from './use-latest.ts'
import { type RunHandle, useRun } from './use-run.ts'

/** What a component shows of a session. */
export interface SessionView {
  /** The session with its transcript; null until it is read. */
  readonly session: SessionReading | null
  readonly isLoading: boolean
  /** Why the session could not be read; null otherwise. */
  readonly error: Error | null
}

/** A conversation in a component. The functions never change. */
export interface SessionHandle extends SessionView {
  /** The run that `send` began: `idle` as soon as the transcript contains it. */
  readonly run: RunHandle
  /**
   * Sends a message, or a body, to the agent of the session. Resolves after the run and the new transcript to the last view
   * of the run. Rejects only before the session is read.
   */
  send(message: string | Omit<RunBody, 'sessionId'>): Promise<RunView>
  /** Reads the session again. */
  reload(): Promise<void>
}

const empty: SessionView = { session: null, isLoading: false, error: null }

/** Shows a session, and the run that answers the last message while it streams. Without an id nothing is read. */
export function useSession(client: StudioClient, sessionId: string | null): SessionHandle {
  const [view, setView] = useState({ ...empty, isLoading: sessionId !== null })
  const latest = useLatest({ client, sessionId, session: view.session })
  const run = useRun(client)
  const { start, reset } = run
  const reading = useRef<AbortController | null>(null)

  const read = useCallback(async (): Promise<boolean> => {
    const { client, sessionId } = latest.current
    reading.current?.abort()
    if (sessionId === null) return false
    const { signal } = (reading.current = new AbortController())
    setView((before) => ({ ...before, isLoading: true }))
    try {
      const session = await client.sessions.get(sessionId, { signal })
      if (signal.aborted) return false
      setView({ ...empty, session })
      return true
    } catch (reason) {
      if (signal.aborted) return false
      const error = reason instanceof Error ? reason : new Error(String(reason))
      setView((before) => ({ ...before, isLoading: false, error }))
      return false
    }
  }, [latest])
  const reload = useCallback(async () => void (await read()), [read])

  useEffect(() => {
    setView({ ...empty, isLoading: sessionId !== null })
    void read()
    return () => {
      reading.current?.abort()
      reset()
    }
  }, [sessionId, read, reset])

  const send = useCallback<SessionHandle['send']>(
    async (message) => {
      const { session } = latest.current
      if (!session) throw new TypeError('useSession has not read a session yet')
      const { id: sessionId, agentId } = session
      const body: RunBody = typeof message === 'string' ? { message } : message
      const ended = await start(agentId, { ...body, sessionId })
      const isCurrent = latest.current.sessionId === sessionId
      if (isCurrent && (await read()) && ended.status !== 'lost') reset() // the transcript contains it
      return ended
    },
    [latest, start, read, reset],
  )
  return { ...view, run, send, reload }
}
