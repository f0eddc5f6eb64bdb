import type { Ids } from '../../src/lib/clock.ts'
import { randomIds } from '../../src/lib/clock.ts'

/** Ids like those of another time: `shiftMs` says how many milliseconds from now. */
export function shiftedIds(shiftMs: () => number): Ids {
  return {
    hex: randomIds.hex,
    uuid() {
      const time = (Date.now() + shiftMs()).toString(16).padStart(12, '0')
      return `${time.slice(0, 8)}-${time.slice(8)}${randomIds.uuid().slice(13)}`
    },
  }
}
