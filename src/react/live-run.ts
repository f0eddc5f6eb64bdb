import type { RunStream } from '../client/run-stream.ts'
import type { StreamedEvent } from '../client/wire.ts'
import { type RunView, toRunView } from './run-view.ts'

/** How long events are gathered before they are shown, in milliseconds: about a frame. */
const frameMs = 16

/** A run that is read. */
export interface LiveRun {
  readonly stream: RunStream
  /** Resolves to the last view, also of a run that could not be read. */
  readonly ended: Promise<RunView>
  /** Stops reading; nothing is shown after that. The run itself goes on. */
  stop(): void
}

/** Reads a stream, and shows views of it until it ends or is stopped. */
export function readRun(
  open: (signal: AbortSignal) => RunStream,
  show: (view: RunView) => void,
): LiveRun {
  const abort = new AbortController()
  const { signal } = abort
  const stream = open(signal)
  const events: StreamedEvent[] = []
  let timer: ReturnType<typeof setTimeout> | undefined
  let lost: Error | null = null
  const publish = (): RunView => {
    clearTimeout(timer)
    timer = undefined
    const view = toRunView(stream.runId, [...events], lost)
    if (!signal.aborted) show(view)
    return view
  }
  const read = async (): Promise<RunView> => {
    try {
      for await (const event of stream) {
        // An event with an earlier number replaces those of an instance that was lost.
        events.length = Math.min(events.length, event.seq)
        events.push(event)
        timer ??= setTimeout(publish, frameMs)
      }
    } catch (error) {
      lost = error instanceof Error ? error : new Error(String(error))
    }
    return publish()
  }
  publish()
  return {
    stream,
    ended: read(),
    stop() {
      abort.abort()
      clearTimeout(timer)
    },
  }
}
