/** An abort signal as a call watches it: one listener, whatever happens how often. */
export interface Stop {
  readonly signal: AbortSignal
  /** Set as soon as the signal aborts. */
  stopped: boolean
  /** Settles like `work`, or rejects at once when the signal aborts; what `work` does after that is ignored. */
  race<T>(work: PromiseLike<T>): Promise<T>
  /** Runs once, when the signal aborts; takes the place of an earlier callback. */
  onStop: () => void
  /** Lets the signal go. */
  dispose(): void
}

/** Watches a signal until `dispose`. */
export function createStop(signal: AbortSignal): Stop {
  let rejectAll: (reason: Error) => void = () => {}
  const aborted = new Promise<never>((_, reject) => (rejectAll = reject))
  aborted.catch(() => {}) // nobody may be racing when it fires
  const listener = () => {
    stop.stopped = true
    rejectAll(new Error('aborted'))
    stop.onStop()
  }
  const stop: Stop = {
    signal,
    stopped: signal.aborted,
    race: (work) => Promise.race([work, aborted]),
    onStop: () => {},
    dispose: () => signal.removeEventListener('abort', listener),
  }
  if (signal.aborted) rejectAll(new Error('aborted'))
  signal.addEventListener('abort', listener, { once: true })
  return stop
}
