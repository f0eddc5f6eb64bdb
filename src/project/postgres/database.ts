import type { Sql } from 'postgres'
import { abortable } from '../../lib/deadline.ts'
import type { Database, Row } from '../database.ts'

/** Belongs to the message's implicit transaction: gone with it, also after an error, on whichever pooled connection. */
const readOnly =
  'set transaction isolation level repeatable read, read only;' +
  `set local statement_timeout = '15s'; set local lock_timeout = '2s';`

/**
 * Lets Studio look at a PostgreSQL database over postgres.js, also behind PgBouncer or Hyperdrive: every read is one
 * simple-protocol message without prepared statements. Nothing is ever written.
 */
export function postgresDatabase(sql: Sql): Database {
  let busy = 0

  async function run(text: string, signal: AbortSignal): Promise<readonly unknown[]> {
    signal.throwIfAborted()
    const query = sql.unsafe(text).values()
    busy++
    const settled = query.finally(() => busy--)
    const cancel = () => void Promise.resolve(query.cancel()).catch(() => undefined)
    signal.addEventListener('abort', cancel, { once: true })
    try {
      return await abortable(settled, signal)
    } finally {
      signal.removeEventListener('abort', cancel)
    }
  }

  return {
    dialect: 'postgresql',
    async ping(signal) {
      await run('select 1', signal)
    },
    async read(selects, signal = new AbortController().signal) {
      const names = Object.keys(selects) as (keyof typeof selects)[]
      const results = await run(readOnly + tagSelects(Object.values(selects)), signal)
      return groupByTag(names, results as readonly (readonly Row[])[])
    },
    pool() {
      const size = sql.options.max
      return { size, available: Math.max(0, size - busy) }
    },
    close: () => sql.end({ timeout: 5 }),
  }
}

/** postgres.js folds results without rows together, so rows carry the number of their SELECT. */
function tagSelects(selects: readonly string[]): string {
  return selects
    .map((select, index) => `select ${index}, tagged.* from (${select}) tagged`)
    .join(';')
}

function groupByTag<Name extends string>(
  names: readonly Name[],
  results: readonly (readonly Row[])[],
): Record<Name, Row[]> {
  const groups = names.map((): Row[] => [])
  for (const rows of results) {
    for (const [tag, ...row] of rows) groups[tag as number]?.push(row)
  }
  return Object.fromEntries(names.map((name, index) => [name, groups[index] ?? []])) as Record<
    Name,
    Row[]
  >
}
