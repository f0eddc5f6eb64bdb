import { useCallback, useEffect, useRef, useState } from 'react'
import type { StartOptions } from '../client/call-options.ts'
import type { StudioClient } from '../client/client.ts'
import type { RunStream } from '../client/run-stream.ts'
import type { RunBody } from '../client/wire.ts'
import { type LiveRun, readRun } from './live-run.ts'
import { idleRun, type RunView } from './run-view.ts'
import { useLatest } from './use-latest.ts'

/** A run in a component: what to show, and what to do. The functions never change. */
export interface RunHandle extends RunView {
  /** Runs an agent and shows this run instead of the one before. Resolves to the last view; never rejects. */
  start(
    agentId: string,
    body: RunBody,
    options?: Pick<StartOptions, 'idempotencyKey'>,
  ): Promise<RunView>
  /** Asks the studio to cancel the run that is shown. */
  cancel(): Promise<void>
  /** Stops reading and shows `idle`. The run itself goes on. */
  reset(): void
}

/**
 * Shows a run as it streams: the run of `runId`, or the one that `start` begins. When the component unmounts, the stream is
 * closed and the run goes on. A client that is created while rendering is allowed; it is used from the next request on
 * (docs/decisions/162-hooks-take-the-client.md).
 *
 * @example
 * const run = useRun(client)
 * return <button onClick={() => run.start('support', { message: 'hi' })}>{run.text || 'Ask'}</button>
 */
export function useRun(client: StudioClient, runId: string | null = null): RunHandle {
  const latest = useLatest(client)
  const [view, setView] = useState(idleRun)
  const live = useRef<LiveRun | null>(null)
  const isUnmounted = useRef(false)

  const stop = useCallback(() => {
    live.current?.stop()
    live.current = null
  }, [])
  const show = useCallback(
    (open: (signal: AbortSignal) => RunStream) => {
      stop()
      live.current = readRun(open, setView)
      return live.current.ended
    },
    [stop],
  )
  useEffect(() => {
    isUnmounted.current = false
    return () => {
      isUnmounted.current = true
      stop()
    }
  }, [stop])
  useEffect(() => {
    if (runId === null || live.current?.stream.runId === runId) return
    void show((signal) => latest.current.runs.follow(runId, { signal }))
  }, [runId, show, latest])

  const start = useCallback<RunHandle['start']>(
    async (agentId, body, options) => {
      if (isUnmounted.current) return idleRun
      return show((signal) => latest.current.runs.stream(agentId, body, { ...options, signal }))
    },
    [show, latest],
  )
  const cancel = useCallback(async () => live.current?.stream.cancel(), [])
  const reset = useCallback(() => {
    stop()
    setView(idleRun)
  }, [stop])
  return { ...view, start, cancel, reset }
}
