import type { RunStore } from '../store.ts'
import { isFor } from './claim.ts'
import type { SqlClient } from './client.ts'
import { hasOlderRun } from './selects.ts'

/** How often all queued runs are looked at, in milliseconds. */
const fullLookMs = 60_000

/**
 * Creates the function that finds the runs that could be claimed now. The first of a session is made due when the run before
 * it ends; if a process is lost in between, the session keeps a mark, by which the run is found. Instances of versions without
 * the mark set none, so from time to time all queued runs are looked at.
 */
export function createDue(client: SqlClient, schema: string): RunStore['due'] {
  let lookedAt = -Infinity
  return async (limit, agents) => {
    const isFull = performance.now() - lookedAt >= fullLookMs
    if (isFull) lookedAt = performance.now()
    const rows = await client.query(
      `(select r.id, r.due_at as since from ${schema}.runs r where r.due_at <= now() and ${isFor('$2::text::jsonb')}
        order by r.due_at limit $1::integer)
       union all
       (select r.id, r.created_at from ${isFull ? firstInLine(schema) : firstOfMarked(schema)} r
        where ${isFor('$2::text::jsonb')} order by r.serial limit $1::integer)
       order by since limit $1::integer`,
      [limit, JSON.stringify([...agents.keys()])],
    )
    return rows.map((row) => String(row['id']))
  }
}

const isQueued = (run: string) => `${run}.status = 'queued' and ${run}.wake_at is null`

/** SQL: the oldest open run of each marked session, if it is queued without a time to wake. */
function firstOfMarked(schema: string): string {
  return `(select f.* from ${schema}.sessions s cross join lateral (
      select r.* from ${schema}.runs r where r.session_id = s.id and r.ended_at is null order by r.serial limit 1
    ) f where s.waking and ${isQueued('f')})`
}

/**
 * SQL: the runs that are queued without a time to wake, although no run of their session is before them. Of each session only
 * the first such run is compared with others, because queues may be long.
 */
function firstInLine(schema: string): string {
  return `(select r.* from (
      select min(q.serial) as serial from ${schema}.runs q where ${isQueued('q')} group by q.session_id
    ) f join ${schema}.runs r on r.serial = f.serial and ${isQueued('r')}
    where not ${hasOlderRun(schema)})`
}
