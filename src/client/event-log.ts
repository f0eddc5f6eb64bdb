import type { StreamedEvent } from './wire.ts'

/** How many events back a studio may send again, with room to spare. */
const remembered = 4_096

/**
 * Tells new events from those that a reconnected stream sends again. After an instance was lost, an event can come with a
 * number that was there before and another content: it replaces that event and every later one, and is given as a new one.
 */
export function createEventLog(after: number) {
  const marks: (string | number | undefined)[] = [] // of the last events, by their number modulo `remembered`
  let last = after
  return {
    /** The sequence number of the last event; -1 before the first. */
    get last() {
      return last
    },
    /** Returns the event of a line, `alive` for a line without a number such as a heartbeat, null for what is neither or old. */
    accept(line: string): StreamedEvent | 'alive' | null {
      const event = parse(line)
      if (event === null || event === 'alive') return event
      const { seq } = event
      const mark = line.length > 256 ? digest(line) : line // so that long events need not be kept
      if (seq <= last) {
        if (marks[seq % remembered] === mark) return null
        for (let old = Math.max(seq, last - remembered) + 1; old <= last; old++) {
          marks[old % remembered] = undefined
        }
      }
      last = seq
      marks[seq % remembered] = mark
      return event
    },
  }
}

function parse(line: string): StreamedEvent | 'alive' | null {
  try {
    const event = JSON.parse(line) as Partial<StreamedEvent> | null
    if (typeof event?.type !== 'string') return null
    return typeof event.seq === 'number' ? (event as StreamedEvent) : 'alive'
  } catch {
    return null
  }
}

/** A hash of 53 bits (cyrb53). */
function digest(text: string): number {
  let high = 0xdeadbeef
  let low = 0x41c6ce57
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at)
    high = Math.imul(high ^ code, 2654435761)
    low = Math.imul(low ^ code, 1597334677)
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909)
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909)
  return 4294967296 * (2097151 & low) + (high >>> 0)
}
