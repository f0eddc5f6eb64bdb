import { StudioError } from '../../errors.ts'
import { decodeCursor, encodeCursor } from '../cursor.ts'
import type {
  ClaimedRun,
  CommitResult,
  RunChange,
  RunFilter,
  RunJournal,
  RunRef,
  RunStore,
} from '../store.ts'
import { admit, requestCancel } from './admission.ts'
import type { SqlClient, SqlRow } from './client.ts'
import { isUniqueViolation } from './client.ts'
import { commitStatement } from './commit.ts'
import { toApproval, toEntries, toParts, toRun } from './rows.ts'
import { createStatement, now } from './statement.ts'

/** The run journal on PostgreSQL; every method is one statement, or says why it is more. */
export function createPostgresRunStore(client: SqlClient, schema: string): RunStore {
  const columns = runColumns(schema)
  const one = async (condition: string, values: readonly string[]) => {
    const [row] = await client.query(
      `select ${columns} from ${schema}.runs r where ${condition}`,
      values,
    )
    return row ? toRun(row) : null
  }
  return {
    create: (request) => admit(client, schema, request),
    get: (tenant, id) => one('r.tenant = $1 and r.id = $2', [tenant, id]),
    getByTrace: (tenant, traceId) => one('r.tenant = $1 and r.trace_id = $2', [tenant, traceId]),
    list: (filter) => listRuns(client, schema, filter),
    async journals(runIds) {
      if (runIds.length === 0) return []
      const rows = await client.query(
        `select ${columns}, ${partsOf(schema)} from ${schema}.runs r
         where r.id in (select jsonb_array_elements_text($1::text::jsonb))`,
        [JSON.stringify(runIds)],
      )
      const journals = new Map(rows.map((row) => [String(row['id']), toJournal(row)]))
      return runIds.flatMap((id) => journals.get(id) ?? [])
    },
    claim: (runId, owner, leaseMs) => claimRun(client, schema, { runId, owner, leaseMs }),
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
      return one('r.tenant = $1 and r.id = $2', [tenant, id])
    },
    async readLog(runId, after, limit) {
      const rows = await client.query(
        `select first_seq, lines from ${schema}.run_events
         where run_id = $1::text and last_seq > $2::integer and first_seq <= $2::integer + $3::integer
         order by last_seq`,
        [runId, after, limit],
      )
      return rows.flatMap(toEntries).filter(({ seq }) => seq > after && seq <= after + limit)
    },
    async due(limit) {
      const rows = await client.query(
        `(select r.id, r.due_at as since from ${schema}.runs r where r.due_at <= now()
          order by r.due_at limit $1::integer)
         union all
         (select r.id, r.created_at from ${schema}.runs r
          where r.status = 'queued' and r.wake_at is null and not ${hasElder(schema)}
          order by r.serial limit $1::integer)
         order by since limit $1::integer`,
        [limit],
      )
      return rows.map((row) => String(row['id']))
    },
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

/** A run of the same session that was admitted before and has not ended. */
export function hasElder(schema: string): string {
  return `exists (select 1 from ${schema}.runs e
    where e.session_id = r.session_id and e.serial < r.serial and e.ended_at is null)`
}

function runColumns(schema: string): string {
  const count = (table: string) =>
    `(select count(*) from ${schema}.${table} p where p.run_id = r.id)`
  return `r.*, r.turns + ${count('run_tool_calls')} + ${count('approvals')} as observations`
}

function partsOf(schema: string): string {
  const list = (table: string, value: string, order: string) =>
    `(select jsonb_agg(${value} order by ${order}) from ${schema}.${table} p where p.run_id = r.id)`
  const message = `jsonb_build_object('turn', p.turn, 'message', p.message)`
  return `${list('run_messages', message, 'p.index')} as messages,
    ${list('run_turns', 'p.data', 'p.turn')} as run_turns,
    ${list('run_tool_calls', 'p.data', 'p.turn, p.index')} as tool_calls,
    ${list('approvals', 'to_jsonb(p)', 'p.serial')} as approvals`
}

function toJournal(row: SqlRow): RunJournal {
  return { run: toRun(row), ...toParts(row) }
}

/** Two statements: the claim itself, then everything to go on with, which only the new owner reads. */
async function claimRun(
  client: SqlClient,
  schema: string,
  { runId, owner, leaseMs }: { runId: string; owner: string; leaseMs: number },
): Promise<ClaimedRun | null> {
  const { bind, part, select } = createStatement()
  const id = bind(runId)
  part(
    'claimed',
    `update ${schema}.runs r set status = 'running', epoch = r.epoch + 1, owner = ${bind(owner)},
       lease_until = ${now} + ${bind(leaseMs, 'float8')} * interval '1 millisecond', wake_at = null,
       started_at = coalesce(r.started_at, ${now}),
       attempts = case when r.lease_until is null then 0 else r.attempts + 1 end, writes = 0
     where r.id = ${id} and r.ended_at is null and (r.lease_until is null or r.lease_until <= now())
       and (r.due_at <= now() or (r.status = 'queued' and not ${hasElder(schema)}))
     returning r.id`,
  )
  part(
    'expired',
    `update ${schema}.approvals set status = 'timed_out', resolved_at = ${now},
       decision_reason = 'No decision was made in time.'
     where run_id in (select id from claimed) and status = 'pending' and expires_at <= now()`,
  )
  const statement = select('select id from claimed')
  const claimed = await client
    .query(statement.text, statement.parameters)
    .catch((error: unknown) => {
      if (isUniqueViolation(error)) return [] // another run of the session is under way
      throw error
    })
  return claimed.length > 0 ? readClaim(client, schema, runId) : null
}

async function readClaim(client: SqlClient, schema: string, runId: string): Promise<ClaimedRun> {
  const [row] = await client.query(
    `select ${runColumns(schema)}, ${partsOf(schema)}, extract(epoch from now()) * 1000 as claimed_at,
       (select jsonb_agg(m.message order by m.position) from ${schema}.run_messages m
        where m.session_id = r.session_id and m.run_id <> r.id and m.position < coalesce(
          (select min(o.position) from ${schema}.run_messages o where o.run_id = r.id), 2147483647)) as history
     from ${schema}.runs r where r.id = $1::text`,
    [runId],
  )
  if (!row) throw new StudioError('not_found', 'Run not found')
  const journal = toJournal(row)
  const history =
    journal.run.sessionId === null
      ? journal.run.input.history
      : ((row['history'] ?? []) as ClaimedRun['history'])
  return { history, journal, nextSeq: Number(row['next_seq']), now: Number(row['claimed_at']) }
}

async function commitChange(
  client: SqlClient,
  schema: string,
  { ref, change }: { ref: RunRef; change: RunChange },
): Promise<CommitResult | null> {
  const { text, parameters } = commitStatement(schema, ref, change)
  const [row] = await client.query(text, parameters)
  const written = row ?? (await findWritten(client, schema, { ref, change }))
  if (!written) return null
  const ends = change.release?.to === 'end'
  const next = ends ? await wakeNext(client, schema, written['session_id']) : []
  const woken = change.release && !ends && written['woken'] === true
  return { cancelRequested: written['cancel_requested'] === true, wake: woken ? [ref.runId] : next }
}

/**
 * Tells why nothing was written: the same write was done before (a connection broke before its answer came), or the claim
 * is lost, which is null.
 *
 * @throws Error when the claim holds and the change does not fit the log.
 */
async function findWritten(
  client: SqlClient,
  schema: string,
  { ref, change }: { ref: RunRef; change: RunChange },
): Promise<SqlRow | null> {
  const [row] = await client.query(
    `select session_id, writes, owner, next_seq, wake_at <= now() as woken,
       cancel_requested_at is not null as cancel_requested
     from ${schema}.runs where id = $1::text and epoch = $2::bigint`,
    [ref.runId, ref.epoch],
  )
  if (!row) return null
  if (Number(row['writes']) === change.write) return row
  if (row['owner'] !== null) throw new Error(`The log goes on at ${String(row['next_seq'])}`)
  return null
}

/** The session's next run in line, when it is only waiting for this. A statement of its own: it must see who came meanwhile. */
async function wakeNext(client: SqlClient, schema: string, sessionId: unknown): Promise<string[]> {
  if (typeof sessionId !== 'string') return []
  const rows = await client.query(
    `update ${schema}.runs set wake_at = coalesce(wake_at, ${now})
     where id = (select r.id from ${schema}.runs r
       where r.session_id = $1::text and r.ended_at is null order by r.serial limit 1)
       and status = 'queued' returning id`,
    [sessionId],
  )
  return rows.map((row) => String(row['id']))
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
  const conditions = [`r.tenant = ${bind(filter.tenant)}`]
  if (filter.cursor !== null) {
    conditions.push(
      `r.serial < ${bind(Number(decodeCursor(filter.cursor, ['number'])[0]), 'bigint')}`,
    )
  }
  if (filter.statuses) {
    conditions.push(`r.status in (select jsonb_array_elements_text(${bind(filter.statuses)}))`)
  }
  if (filter.agentId !== null) conditions.push(`r.agent_id = ${bind(filter.agentId)}`)
  if (filter.sessionId !== null) conditions.push(`r.session_id = ${bind(filter.sessionId)}`)
  const { text, parameters } = select(
    `select ${runColumns(schema)} from ${schema}.runs r where ${conditions.join(' and ')}
     order by r.serial desc limit ${bind(filter.limit + 1, 'integer')}`,
  )
  const rows = await client.query(text, parameters)
  const items = rows.slice(0, filter.limit)
  const last = items.at(-1)
  const cursor = rows.length > items.length && last ? encodeCursor([Number(last['serial'])]) : null
  return { items: items.map(toRun), cursor }
}
