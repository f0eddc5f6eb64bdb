import { useCallback, useEffect, useRef, useState } from 'preact/hooks'
import { logins } from './session.ts'

/** What a page loads: the newest answer, and the error of the last try. Both are there when a refresh failed. */
export interface Loaded<T> {
  readonly data: T | null
  readonly error: unknown
  /** True until the first answer or error. */
  readonly isLoading: boolean
  reload(): void
}

/** When to load the same again. */
export interface LoadedOptions {
  /** Loads again after this time while the page is visible, in milliseconds; 0 never. @default 0 */
  readonly everyMs?: number
}

const longestPauseMs = 30_000

/**
 * Loads something when a component appears and whenever `inputs` change, and repeats it. What was loaded for other inputs is
 * dropped, requests that are no longer needed are aborted, and errors make the pauses longer.
 */
export function useLoaded<T>(
  load: (signal: AbortSignal) => Promise<T>,
  inputs: readonly unknown[],
  { everyMs = 0 }: LoadedOptions = {},
): Loaded<T> {
  const key = JSON.stringify([...inputs, logins.value])
  const [state, setState] = useState<{ key: string; data: T | null; error: unknown }>()
  const [times, setTimes] = useState(0)
  const latest = useRef({ load, everyMs })
  latest.current = { load, everyMs }
  useEffect(() => {
    const stop = new AbortController()
    void repeat(stop.signal, async () => {
      const { load, everyMs } = latest.current
      const error = await load(stop.signal).then(
        (data) => {
          if (!stop.signal.aborted) setState({ key, data, error: null })
          return null
        },
        (error: unknown) => {
          if (stop.signal.aborted) return null
          setState((before) => ({ key, data: before?.key === key ? before.data : null, error }))
          return error
        },
      )
      return { everyMs, failed: error !== null }
    })
    return () => stop.abort()
  }, [key, times])
  const reload = useCallback(() => setTimes((count) => count + 1), [])
  const isCurrent = state?.key === key
  return {
    data: isCurrent ? state.data : null,
    error: isCurrent ? state.error : null,
    isLoading: !isCurrent,
    reload,
  }
}

async function repeat(
  signal: AbortSignal,
  once: () => Promise<{ everyMs: number; failed: boolean }>,
): Promise<void> {
  for (let failures = 0; !signal.aborted;) {
    const { everyMs, failed } = await once()
    if (everyMs === 0) return
    failures = failed ? failures + 1 : 0
    await pause(Math.min(everyMs * 2 ** failures, longestPauseMs), signal)
    await becomeVisible(signal)
  }
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })
}

function becomeVisible(signal: AbortSignal): Promise<void> {
  if (document.visibilityState === 'visible') return Promise.resolve()
  return new Promise((resolve) => {
    document.addEventListener('visibilitychange', () => resolve(), { once: true, signal })
    signal.addEventListener('abort', () => resolve())
  })
}
