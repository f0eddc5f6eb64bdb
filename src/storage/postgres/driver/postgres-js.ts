import type { Sql } from 'postgres'
import { readTypesOnce } from '../../../lib/postgres-pool.ts'
import type { SqlDriver, SqlParameter } from './driver.ts'
import { listenOn } from './listening.ts'

/** The oid of PostgreSQL's type `unknown`: postgres.js has no serializer for it, so it sends the text as it is. */
const unknownType = 705

const decoder = new TextDecoder()

/**
 * Runs statements over postgres.js. It sends and reads plain text, so that the types and transforms of the caller's pool
 * change nothing. Statements are not prepared, and `begin`, `reserve` and `cancel` are never used.
 *
 * @see docs/decisions/110-statements-carry-their-deadline.md
 */
export function postgresDriver(sql: Sql): SqlDriver {
  // A row transform is the only option that also applies to raw rows, so it needs connections of its own.
  let plain: Promise<Sql> | undefined
  const pool = async () =>
    sql.options.transform.row.from ? (plain ??= withoutTransform(sql)) : sql
  return {
    width: sql.options.max,
    async query(text, parameters) {
      const connection = await pool()
      readTypesOnce(connection)
      const values = parameters.map((value) => toPlain(connection, value))
      const rows = await connection.unsafe(text, values).raw()
      return rows.map((row) => row.map((cell) => cell && decoder.decode(cell)))
    },
    script: async (text) => void (await (await pool()).unsafe(text).simple()),
    ...(sql.options.prepare === false
      ? {} // this usually means a pooler, which does not pass notifications on
      : { listen: (channel, onPayload, onState) => listenOn(sql, channel, onPayload, onState) }),
  }
}

function toPlain(sql: Sql, value: SqlParameter) {
  return value === null ? null : sql.typed(String(value), unknownType)
}

/** Opens a pool with the same options but the transform. Its connections end by themselves when they are idle. */
async function withoutTransform({ options }: Sql): Promise<Sql> {
  const { default: postgres } = await import('postgres')
  const none = { from: undefined, to: undefined }
  const transform = { undefined: undefined, column: none, value: none, row: none }
  // postgres.js takes parsed options as they are, as its own `listen` passes them
  const parsed = { ...options, transform, idle_timeout: idleSeconds }
  return postgres(parsed as unknown as Parameters<typeof postgres>[0] & object)
}

const idleSeconds = 5
