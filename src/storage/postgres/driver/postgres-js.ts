import type { Sql } from 'postgres'
import { ownAnswer } from '../../../lib/postgres/own-answer.ts'
import { padMessage, plainPoolOf, readTypesOnce } from '../../../lib/postgres/pool.ts'
import type { SqlDriver, SqlParameter } from './driver.ts'
import { listenOn } from './listening.ts'

/** The oid of PostgreSQL's type `unknown`: postgres.js has no serializer for it, so it sends the text as it is. */
const unknownType = 705

const decoder = new TextDecoder()

/**
 * Runs statements over postgres.js. It sends and reads plain text, so that the types and transforms of the caller's pool
 * change nothing. `begin`, `reserve` and `cancel` are never used.
 *
 * @see docs/decisions/110-statements-carry-their-deadline.md
 */
export function postgresDriver(sql: Sql): SqlDriver {
  const pool = plainPoolOf(sql)
  const prepared = new Map<string, string>() // each connection of the pool keeps the text, and so all keep the same
  const toMessage = (text: string, prepare: boolean) => {
    if (!prepare) return padMessage(text)
    const known = prepared.get(text) ?? padMessage(text)
    prepared.set(text, known)
    return known
  }
  return {
    width: sql.options.max,
    async query(text, parameters, prepare = false) {
      const connection = await pool()
      readTypesOnce(connection)
      const values = parameters.map((value) => toPlain(connection, value))
      const query = connection.unsafe(toMessage(text, prepare), values, { prepare }).raw()
      const rows = await ownAnswer(query, values)
      return rows.map((row) => row.map((cell) => cell && decoder.decode(cell)))
    },
    script: async (text) => void (await (await pool()).unsafe(padMessage(text)).simple()),
    ...(sql.options.prepare === false
      ? {} // this usually means a pooler, which does not pass notifications on
      : { listen: (channel, onPayload, onState) => listenOn(sql, channel, onPayload, onState) }),
  }
}

function toPlain(sql: Sql, value: SqlParameter) {
  return value === null ? null : sql.typed(String(value), unknownType)
}
