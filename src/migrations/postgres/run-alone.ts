import { quoteLiteral } from '../../lib/sql.ts'
import { sleep } from '../../lib/timer.ts'

/** The rows of an answer of PostgreSQL. */
export type Rows = readonly Readonly<Record<string, unknown>>[]

type Send = (text: string, signal: AbortSignal) => Promise<Rows>

const name = String.raw`(?:"(?:[^"]|"")+"|[\w$]+)`
const creation = new RegExp(
  String.raw`^\s*CREATE (?:UNIQUE )?INDEX CONCURRENTLY (${name}) ON ((?:(${name})\.)?${name})`,
  'im',
)
const removal = new RegExp(
  String.raw`^\s*DROP INDEX CONCURRENTLY ((?:${name}\.)?${name})\s*;`,
  'im',
)

/** How long to wait between two looks at another session, in milliseconds. */
const lookMs = 100

/**
 * Runs a statement that PostgreSQL refuses inside of a transaction, also when an earlier try was cut off: the session of that try
 * may still be at work, may have done it, or may have left an invalid index behind.
 */
export async function runAlone(text: string, send: Send, signal: AbortSignal): Promise<void> {
  const [, index, table, schema] = creation.exec(text) ?? []
  const [, dropped] = removal.exec(text) ?? []
  if (index !== undefined && table !== undefined) {
    const built = schema === undefined ? index : `${schema}.${index}`
    await awaitOthers(`to_regclass(${quoteLiteral(table)})`, send, signal)
    const state = await readIndex(built, send, signal)
    if (state === 'valid') return
    if (state === 'invalid') await send(`drop index concurrently ${built}`, signal)
  } else if (dropped !== undefined) {
    const of = `(select indrelid from pg_catalog.pg_index where indexrelid = to_regclass(${quoteLiteral(dropped)}))`
    await awaitOthers(of, send, signal)
    if ((await readIndex(dropped, send, signal)) === null) return
  }
  await send(text, signal)
}

/**
 * Waits until no other session builds or drops an index of a table. Two that do it at once wait for each other's transactions, and
 * PostgreSQL ends one of them as a deadlock.
 */
async function awaitOthers(table: string, send: Send, signal: AbortSignal): Promise<void> {
  const look = `select 1 as busy from pg_catalog.pg_locks where relation = ${table} and granted
    and mode = 'ShareUpdateExclusiveLock' and pid <> pg_catalog.pg_backend_pid()
    and database = (select oid from pg_catalog.pg_database where datname = pg_catalog.current_database())`
  while ((await send(look, signal)).length > 0) await sleep(lookMs, signal)
}

/** Is the index usable? Null if there is none of this name. */
async function readIndex(
  index: string,
  send: Send,
  signal: AbortSignal,
): Promise<'valid' | 'invalid' | null> {
  const [row] = await send(
    `select indisvalid from pg_catalog.pg_index where indexrelid = to_regclass(${quoteLiteral(index)})`,
    signal,
  )
  return row
    ? row['indisvalid'] === true || row['indisvalid'] === 't'
      ? 'valid'
      : 'invalid'
    : null
}
