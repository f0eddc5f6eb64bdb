import { type LogEntry, runStatuses } from '../../records/run.ts'
import type { Claimant, RunFilter, RunRef, RunStore } from '../store.ts'
import { admit, requestCancel } from './admission.ts'
import { claimRun, isFor } from './claim.ts'
import type { SqlClient } from './client.ts'
import { hasOlderRun, selectParts, runColumns, toJournal } from './selects.ts'
import { selectPage, toPage } from './list.ts'
import { toApproval, toEntries, toRun } from './rows.ts'
import { createStatement, now } from './statement.ts'
import { commitChange } from './commit.ts'

/** Creates a run store on PostgreSQL. Every method is one statement unless its code says why it needs more. */
export function createPostgresRunStore(client: SqlClient, schema: string): RunStore {
  const columns = runColumns(schema)
  const findOne = async (condition: string, values: readonly string[]) => {
    const [row] = await client.query(
      `select ${columns} from ${schema}.runs r where ${condition}`,
      values,
    )
    return row ? toRun(row) : null
  }
  return {
    create: (request) => admit(client, schema, request),
    get: (tenant, id) => findOne('r.tenant = $1 and r.id = $2', [tenant, id]),
    getByTrace: (tenant, traceId) =>
      findOne('r.tenant = $1 and r.trace_id = $2', [tenant, traceId]),
    list: (filter) => listRuns(client, schema, filter),
    async journals(runIds) {
      if (runIds.length === 0) return []
      const rows = await client.query(
        `select ${columns}, ${selectParts(schema)} from ${schema}.runs r
         where r.id = any (array(select jsonb_array_elements_text($1::text::jsonb)))`,
        [JSON.stringify(runIds)],
      )
      const journals = new Map(rows.map((row) => [String(row['id']), toJournal(row)]))
      return runIds.flatMap((id) => journals.get(id) ?? [])
    },
    claim: (runId, claimant) => claimRun(client, schema, { ...claimant, runId }),
    async renew({ runId, epoch }, leaseMs) {
      const [row] = await client.query(
        `update ${schema}.runs set lease_until = ${now} + $3::float8 * interval '1 millisecond'
         where id = $1::text and epoch = $2::bigint and owner is not null
         returning cancel_requested_at is not null as cancel_requested`,
        [runId, epoch, leaseMs],
      )
      return row ? { cancelRequested: row['cancel_requested'] === true, wake: [] } : null
    },
    commit: (ref, change) => commitChange(client, schema, { ref, change }),
    cancelApprovals: (ref, reason) => cancelApprovals(client, schema, { ref, reason }),
    async requestCancel(tenant, id, reason) {
      await requestCancel(client, schema, { tenant, id, reason })
      return findOne('r.tenant = $1 and r.id = $2', [tenant, id])
    },
    readLog: (runId, after, limit) => readLog(client, schema, { runId, after, limit }),
    due: (limit, agents) => listDue(client, schema, { limit, agents }),
    async nextDue() {
      const [row] = await client.query(
        `select min(due_at) as due from ${schema}.runs where due_at is not null`,
        [],
      )
      const due = row?.['due']
      return due ? new Date(due as string | Date).getTime() : null
    },
  }
}

async function cancelApprovals(
  client: SqlClient,
  schema: string,
  { ref, reason }: { ref: RunRef; reason: string },
) {
  const owned = `select id from ${schema}.runs where id = $1::text and epoch = $2::bigint and owner is not null`
  const cancelled = await client.query(
    `with owned as (${owned} for update), closed as (
       update ${schema}.approvals set status = 'cancelled', resolved_at = ${now}, decision_reason = $3::text
       where run_id in (select id from owned) and status = 'pending')
     select id from owned`,
    [ref.runId, ref.epoch, reason],
  )
  if (cancelled.length === 0) return null
  const rows = await client.query(
    `select * from ${schema}.approvals where run_id = $1::text order by serial`,
    [ref.runId],
  )
  return rows.map(toApproval)
}

async function listRuns(client: SqlClient, schema: string, filter: RunFilter) {
  const { bind, select } = createStatement()
  const page = selectPage(
    { bind },
    {
      ...filter,
      table: `${schema}.runs`,
      order: 'desc',
      allStatuses: runStatuses,
      narrow: { session_id: filter.sessionId },
    },
  )
  const { text, parameters } = select(
    `select ${runColumns(schema)} from ${page} as r order by r.serial desc`,
  )
  return toPage(await client.query(text, parameters), filter.limit, toRun)
}

async function readLog(
  client: SqlClient,
  schema: string,
  { runId, after, limit }: { runId: string; after: number; limit: number },
): Promise<LogEntry[]> {
  // Batches follow each other without gaps, so the first one to read starts at or before the entry `after + 1`.
  const rows = await client.query(
    `select first_seq, lines from ${schema}.run_events
     where run_id = $1::text and last_seq > $2::bigint and first_seq <= $2::bigint + $3::integer
       and first_seq >= coalesce((select max(e.first_seq) from ${schema}.run_events e
         where e.run_id = $1::text and e.first_seq <= $2::bigint + 1), 0)
     order by first_seq`,
    [runId, after, limit],
  )
  return rows.flatMap(toEntries).filter(({ seq }) => seq > after && seq <= after + limit)
}

async function listDue(
  client: SqlClient,
  schema: string,
  { limit, agents }: { limit: number; agents: Claimant['agents'] },
): Promise<string[]> {
  const rows = await client.query(
    `(select r.id, r.due_at as since from ${schema}.runs r where r.due_at <= now() and ${isFor('$2::text::jsonb')}
      order by r.due_at limit $1::integer)
     union all
     (select r.id, r.created_at from ${schema}.runs r
      where r.status = 'queued' and r.wake_at is null and not ${hasOlderRun(schema)} and ${isFor('$2::text::jsonb')}
      order by r.serial limit $1::integer)
     order by since limit $1::integer`,
    [limit, JSON.stringify([...agents.keys()])],
  )
  return rows.map((row) => String(row['id']))
}
