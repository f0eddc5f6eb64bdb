import { createServerClock, serverTime } from '../../lib/postgres/server-clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { errorCode } from '../../lib/failures/error-code.ts'
import { sleep } from '../../lib/timer.ts'
import type { SqlDriver, SqlParameter } from './driver/driver.ts'
import { createLane, type Lane } from './driver/lane.ts'
import { isConflict, isLost, isTooLate, toStoreError, unavailable } from './outage.ts'

import { type Statement, statement, toStorableText } from './statement.ts'

/** One row of a result: column name → value, as PostgreSQL writes it in JSON. */
export type SqlRow = Readonly<Record<string, unknown>>

/**
 * Runs the statements of the stores, each for at most `timeoutMs`.
 *
 * @see docs/decisions/110-statements-carry-their-deadline.md
 */
export interface SqlClient {
  /** Runs a statement that changes nothing. It is repeated if its connection is lost. */
  query(text: string, parameters: readonly SqlParameter[]): Promise<readonly SqlRow[]>
  /**
   * Runs a statement that changes rows. PostgreSQL refuses it once its deadline is over, so that a statement that was given up
   * is never executed later. Unless the statement was never sent, the error then says that the outcome is unknown.
   */
  write(statement: Statement): Promise<readonly SqlRow[]>
  /** Runs a built statement that changes nothing. */
  read(statement: Statement): Promise<readonly SqlRow[]>
  /** Runs several statements without parameters in one transaction. */
  script(text: string): Promise<void>
}

/** What the client needs besides a driver. */
export interface ClientOptions {
  readonly timeoutMs: number
  /** Resolves when the tables can be used. */
  ready(): Promise<void>
}

/** How often a statement is repeated that PostgreSQL rolled back because of others, or a read whose connection was lost. */
const maxRepeats = 8

interface Order extends Statement {
  readonly writes: boolean
}

/** Creates the client of one driver. */
export function createClient(driver: SqlDriver, { timeoutMs, ready }: ClientOptions): SqlClient {
  const lane = createLane(driver.width, () => unavailable({ text: 'Too many statements wait' }))
  const clock = createServerClock()
  const measure = async () => {
    const [row] = await driver.query(`select (${serverTime})::text`, [])
    clock.reset(Number(row?.[0]))
  }
  const send = async (order: Order, until: number): Promise<readonly SqlRow[]> => {
    const { writes, isPrepared } = order
    const parameters = order.parameters.map(toStorable)
    if (!writes)
      return toRows(await driver.query(toRead(order), [...parameters, padding], isPrepared))
    const deadline = String(clock.toServerTime(until)).padEnd(padding.length)
    const answer = await driver.query(toWrite(order), [...parameters, deadline], isPrepared)
    clock.learn(Number(answer[0]?.[1]))
    return toRows(answer)
  }
  const run = async (order: Order): Promise<readonly SqlRow[]> => {
    const until = performance.now() + timeoutMs
    let gaveUp: Error | undefined
    const giveUp = () => (gaveUp = new Error('The statement took too long'))
    let sent = false
    try {
      return await withDeadline(timeoutMs, giveUp, async (signal) => {
        await ready()
        for (let attempt = 0; ; attempt++) {
          try {
            return await lane.run(signal, async () => {
              if (order.writes && !clock.isKnown()) await measure()
              signal.throwIfAborted()
              sent = true
              return send(order, until)
            })
          } catch (error) {
            if (signal.aborted || !mayRepeat(error, order, attempt)) throw error
            sent = false // PostgreSQL rolled it back
            if (isTooLate(error)) await measure()
            await sleep(Math.random() * 10 * 2 ** attempt, signal)
          }
        }
      })
    } catch (error) {
      if (!gaveUp || error !== gaveUp) throw toStoreError(error, order.writes && sent)
      throw unavailable({ isOutcomeUnknown: order.writes && sent })
    }
  }
  return {
    script: createScript(driver, lane, { timeoutMs, ready }),
    query: (text, parameters) => run({ ...statement(text, parameters), writes: false }),
    read: (built) => run({ ...built, writes: false }),
    write: (built) => run({ ...built, writes: true }),
  }
}

function createScript(
  driver: SqlDriver,
  lane: Lane,
  { timeoutMs, ready }: ClientOptions,
): SqlClient['script'] {
  return async (text) => {
    const late = () => unavailable({ isOutcomeUnknown: true })
    try {
      await withDeadline(timeoutMs, late, async (signal) => {
        await ready()
        await lane.run(signal, () => driver.script(text))
      })
    } catch (error) {
      throw toStoreError(error, true)
    }
  }
}

function mayRepeat(error: unknown, { writes }: Order, attempt: number): boolean {
  if (attempt >= maxRepeats) return false
  return isConflict(error) || (!writes && isLost(error)) // a pool may hold several lost connections
}

const toStorable = (value: SqlParameter) =>
  typeof value === 'string' ? toStorableText(value) : value

// Each row comes as one JSON text, which no option of a pool, role or database changes.
function toRead({ parts, text, parameters }: Order): string {
  return `with ${[...parts, `answer as (${text})`].join(', ')} select row_to_json(answer)::text from answer
    where $${parameters.length + 1}::text is not null`
}

/**
 * Once a statement is prepared, its message has its parameters alone. One of them is padded, so that it is written at once.
 *
 * @see docs/decisions/184-messages-are-padded.md
 */
const padding = ' '.repeat(1024)

/**
 * The statement fails with `division_by_zero`, which rolls it back, if its deadline is over when it starts or when it has
 * waited for locks.
 */
function toWrite({ parts, text, parameters }: Order): string {
  const inTime = `1 / (case when ${serverTime} < $${parameters.length + 1}::text::float8 then 1 else 0 end)`
  return `with ${[...parts, `answer as (${text})`].join(', ')}
    select row_to_json(answer)::text, guard.time::text, guard.early::text, (${inTime})::text
    from (select ${inTime} as early, ${serverTime} as time offset 0) guard left join answer on true`
}

function toRows(answer: readonly (readonly (string | null)[])[]): readonly SqlRow[] {
  return answer.flatMap(([json]) => (json ? [JSON.parse(json) as SqlRow] : []))
}

/** Is this PostgreSQL's error for a unique violation (23505)? */
export function isUniqueViolation(error: unknown): boolean {
  return errorCode(error) === '23505'
}
