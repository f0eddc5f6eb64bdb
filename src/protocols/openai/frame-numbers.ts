import type { LoggedEvent } from '../shared/run-events.ts'

/** An event of a Responses stream. */
export interface ResponseFrame {
  readonly type: string
  readonly sequence_number: number
  readonly [member: string]: unknown
}

/** More than the most frames that an event has, except the last event of a response. */
const perEvent = 16

/** How many events an owner may show that are lost with it, and a few more. */
const perTakeover = 4_096

/** Numbers the frames of a response. */
export interface FrameNumbers {
  /** Begins the frames of an event. */
  begin(event: LoggedEvent): void
  /** Returns the number of the next frame without using it up. */
  peek(): number
  push(type: string, members: Readonly<Record<string, unknown>>): void
  /** Adds a frame that was made with the number of `peek`: cheaper than `push`, for the many. */
  add(frame: ResponseFrame): void
  /** Returns the frames since the last call, without those that the client has. */
  take(): ResponseFrame[]
}

/**
 * Numbers depend on the log alone, so each process gives the same: they grow with the number of the event, and by more than a lost
 * owner can have shown whenever a turn is taken over. They have gaps.
 *
 * @see docs/decisions/214-numbers-of-a-responses-stream.md
 */
export function createFrameNumbers(after: number, startingAfter: number): FrameNumbers {
  let frames: ResponseFrame[] = []
  let next = 0
  let shift = 0
  return {
    begin(event) {
      if (event.type === 'turn_start' && event.attempt !== undefined) shift += perTakeover
      next = Math.max(next, (event.seq - after + shift) * perEvent)
    },
    peek: () => next,
    push(type, members) {
      const sequence_number = next++
      if (sequence_number > startingAfter) frames.push({ type, sequence_number, ...members })
    },
    add(frame) {
      next++
      if (frame.sequence_number > startingAfter) frames.push(frame)
    },
    take() {
      const taken = frames
      frames = []
      return taken
    },
  }
}
