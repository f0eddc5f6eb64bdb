import type { Engine } from '../../agents/engine/engine.ts'
import { heartbeatMs } from '../../agents/http/event-stream.ts'
import { streamTexts } from '../../http/stream-texts.ts'
import { onAbort } from '../../lib/deadline.ts'
import type { RunSummary } from '../../records/run.ts'
import { type EventsEnd, type LoggedEvent, readRunEvents, type RunEvents } from './run-events.ts'

/** Translates the events of one run into the frames of a protocol. It keeps what it needs of the events before. */
export interface View<Frame> {
  /** What comes before the first event. */
  begin(): Iterable<Frame>
  event(event: LoggedEvent): Iterable<Frame>
  /** What comes after the last event. The frames for `ended` may have come with that event. */
  end(reason: EventsEnd): Iterable<Frame>
  /** True ends the stream before the run: the client has to ask again. */
  isOver?(): boolean
}

/** How the frames of a protocol become the text of a stream. */
export interface FrameFormat<Frame> {
  readonly contentType: string
  encode(frame: Frame): string
  /** Sent after 15 seconds of silence, so that no proxy cuts the connection. */
  readonly heartbeat: string
  /** Sent last, such as `data: [DONE]`. */
  readonly last?: string
}

/** Server-sent events that have no name. */
export const dataOnly = {
  contentType: 'text/event-stream; charset=utf-8',
  encode: (frame: unknown) => `data: ${JSON.stringify(frame)}\n\n`,
  heartbeat: ': ping\n\n',
}

/** Which run to show, from where, and how. */
export interface ViewOptions<Frame> {
  readonly engine: Engine
  readonly run: RunSummary
  /** The number of the last event that the client has. @default -1, none */
  readonly after?: number
  /** False goes on while the run waits for people. @default true */
  readonly stopsWaiting?: boolean
  readonly view: View<Frame>
}

/** Yields the frames of each batch of events, and null after a silence. */
async function* readFrames<Frame>({ view }: ViewOptions<Frame>, events: RunEvents) {
  yield [...view.begin()]
  for (let batch = await events.next(); batch; batch = await events.next()) {
    yield batch.length === 0 ? null : batch.flatMap((event) => [...view.event(event)])
    if (view.isOver?.()) return events.close()
  }
  yield [...view.end(events.end())]
}

function openEvents<Frame>(options: ViewOptions<Frame>, silenceMs: number): RunEvents {
  const { engine, run, after = -1, stopsWaiting = true } = options
  return readRunEvents(engine, run, { after, stopsWaiting, silenceMs })
}

/** Resolves to all frames of a run until it ends or waits for people, for answers that are no streams. */
export async function collectFrames<Frame>(
  options: ViewOptions<Frame>,
  signal: AbortSignal,
): Promise<Frame[]> {
  const events = openEvents(options, heartbeatMs)
  const remove = onAbort(signal, events.close)
  const frames: Frame[] = []
  try {
    for await (const batch of readFrames(options, events)) frames.push(...(batch ?? []))
  } finally {
    remove()
    events.close()
  }
  return frames
}

export interface StreamOptions<Frame> extends ViewOptions<Frame> {
  readonly format: FrameFormat<Frame>
  readonly headers?: Readonly<Record<string, string>>
  /** Called when the client leaves before the end. */
  readonly onCancel?: () => void
}

/** Responds with the frames of a run while they come. Each reader reads at its own pace. */
export function streamView<Frame>(options: StreamOptions<Frame>): Response {
  const { format, headers = {}, onCancel } = options
  const events = openEvents(options, heartbeatMs)
  const frames = readFrames(options, events)
  const encodeBatch = (batch: Frame[] | null) =>
    batch === null ? format.heartbeat : batch.map(format.encode).join('')
  let isOver = false
  const read = async (): Promise<string | null> => {
    while (!isOver) {
      const { done, value } = await frames.next()
      isOver = done === true
      const text = done ? (format.last ?? '') : encodeBatch(value)
      if (text !== '') return text
    }
    return null
  }
  const { contentType } = format
  return streamTexts({ contentType, headers, read, close: events.close, onCancel })
}
