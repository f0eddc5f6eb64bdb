import { StudioError } from '../../errors.ts'
import { errorCode } from '../../lib/failures/error-code.ts'
import { createServerClock, serverTime } from '../../lib/postgres/server-clock.ts'
import type { Lane } from './lane.ts'
import type { Selected } from './raw-rows.ts'

/** A message with a deadline. */
interface GuardedMessage {
  readonly lane: Lane
  /** Returns the message with the SELECT of the guard in front of its own SELECTs. */
  toText(guard: string): string
  /** How late the message may start, in milliseconds. */
  readonly timeoutMs: number
  readonly signal: AbortSignal
}

const tooLate = 'fetch-studio: too late'

/**
 * Keeps the messages of a database from being executed after their time, by the clock of the database: one that waited too
 * long in a pool or in a frozen connection fails before it reads anything. `ping` sends messages that read only the time.
 *
 * @see docs/decisions/136-reads-are-never-run-late.md
 */
export function createGuard(ping: Lane) {
  const readTime = async (signal: AbortSignal): Promise<void> => {
    const [time] = await ping(`select (${serverTime})::text`, signal)
    clock.learn(Number(time?.rows[0]?.[0]))
  }
  const clock = createServerClock()
  return {
    /** Resolves when the database answers. */
    ping: readTime,
    /** Sends a message, and once more if the clock of the database was set meanwhile. */
    async send({ lane, toText, timeoutMs, signal }: GuardedMessage): Promise<readonly Selected[]> {
      const until = performance.now() + timeoutMs
      for (let attempt = 1; ; attempt++) {
        if (!clock.isKnown()) await readTime(signal)
        try {
          return await lane(toText(toGuard(clock.toServerTime(until))), signal)
        } catch (error) {
          if (!isTooLate(error)) throw error
          if (attempt > 1 || performance.now() >= until) {
            throw new StudioError('unavailable', `no answer within ${timeoutMs} ms`)
          }
          await readTime(signal)
        }
      }
    },
  }
}

// The cast fails when it runs. PostgreSQL would evaluate a constant, or a division by one, when it plans.
function toGuard(time: number): string {
  return `select (case when ${serverTime} < ${Math.ceil(time)} then '0' else '${tooLate}' end)::int4 as guard`
}

function isTooLate(error: unknown): boolean {
  return errorCode(error) === '22P02' && error instanceof Error && error.message.includes(tooLate)
}
