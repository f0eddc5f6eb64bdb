/** An abort signal as a model call watches it: one listener and one flag for the hot path. */
export interface Stop {
  readonly signal: AbortSignal
  /** Set as soon as the signal aborts. */
  stopped: boolean
  /** Runs once, when the signal aborts. A new callback replaces the old one. */
  onStop: () => void
  /** Removes the listener. */
  dispose(): void
}

/** Watches a signal until `dispose`. */
export function createStop(signal: AbortSignal): Stop {
  const listener = () => {
    stop.stopped = true
    stop.onStop()
  }
  const stop: Stop = {
    signal,
    stopped: signal.aborted,
    onStop: () => {},
    dispose: () => signal.removeEventListener('abort', listener),
  }
  signal.addEventListener('abort', listener, { once: true })
  return stop
}
