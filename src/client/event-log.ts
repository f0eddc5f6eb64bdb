import type { StreamedEvent } from './wire.ts'

/** How many events back a studio may send again, with room to spare. */
const remembered = 4_096

/**
 * Tells new events from those that a reconnected stream sends again. After an instance was lost, an event can come with a
 * number that was there before and another content: it replaces that event and every later one, and is given as a new one.
 */
export function createEventLog(after: number) {
  const marks = new Map<number, string>()
  let last = after
  return {
    /** The sequence number of the last event; -1 before the first. */
    get last() {
      return last
    },
    /** Returns the event of a line, or null for a heartbeat, an event that was given before, and a line that is none. */
    accept(line: string): StreamedEvent | null {
      const event = parse(line)
      if (event === null) return null
      const { seq } = event
      if (seq <= last) {
        if (marks.get(seq) === line || (seq <= after && !marks.has(seq))) return null
        for (let void_ = seq + 1; void_ <= last; void_++) marks.delete(void_)
      }
      last = seq
      marks.set(seq, line)
      marks.delete(seq - remembered)
      return event
    },
  }
}

function parse(line: string): StreamedEvent | null {
  try {
    const event = JSON.parse(line) as Partial<StreamedEvent>
    return typeof event?.seq === 'number' && typeof event.type === 'string'
      ? (event as StreamedEvent)
      : null
  } catch {
    return null
  }
}
