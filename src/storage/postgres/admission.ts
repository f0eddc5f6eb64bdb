import type { Admission, NewRun } from '../store.ts'
import { type SqlClient, type SqlRow, isUniqueViolation } from './client.ts'
import { toRun } from './rows.ts'
import { createStatement, now } from './statement.ts'
import { noUsage } from '../../records/usage.ts'

/**
 * Admits a run in one statement. The idempotency key and the row of the session are its locks: of two callers with the same
 * key, one inserts a run and the other finds it. When nothing was inserted, a second statement finds out why.
 */
export async function admit(
  client: SqlClient,
  schema: string,
  request: NewRun,
): Promise<Admission> {
  for (let attempt = 0; ; attempt++) {
    const replay = await findReplay(client, schema, request)
    if (replay) return replay
    try {
      const row = await insert(client, schema, request)
      if (row) {
        const cancelled =
          request.onBusy === 'cancel' ? await cancelOlderRuns(client, schema, row) : []
        return { kind: 'created', run: toRun(row), cancelled }
      }
    } catch (error) {
      if (!isUniqueViolation(error) || attempt > 2) throw error
      continue
    }
    const refusal = await explainRefusal(client, schema, request)
    if (refusal) return refusal
  }
}

async function findReplay(
  client: SqlClient,
  schema: string,
  request: NewRun,
): Promise<Admission | null> {
  const { tenant, idempotency } = request
  if (!idempotency) return null
  const [row] = await client.query(
    `select r.*, r.turns as observations, k.fingerprint from ${schema}.idempotency_keys k
     join ${schema}.runs r on r.id = k.run_id
     where k.tenant = $1::text and k.key = $2::text and k.expires_at > now()`,
    [tenant, idempotency.key],
  )
  if (!row) return null
  return row['fingerprint'] === idempotency.fingerprint
    ? { kind: 'replayed', run: toRun(row) }
    : { kind: 'mismatch' }
}

async function insert(
  client: SqlClient,
  schema: string,
  request: NewRun,
): Promise<SqlRow | undefined> {
  const { bind, part, select } = createStatement()
  const { id, tenant, sessionId, idempotency } = request
  if (sessionId !== null) {
    const onlyIdle = request.onBusy === 'reject' ? 'and open_runs = 0' : ''
    part(
      'session_row',
      `update ${schema}.sessions set open_runs = open_runs + 1
       where id = ${bind(sessionId)} and tenant = ${bind(tenant)} ${onlyIdle} returning open_runs`,
    )
  }
  const isFirst = sessionId === null ? 'true' : '(select open_runs = 1 from session_row)'
  part(
    'new_run',
    `insert into ${schema}.runs
       (id, tenant, agent_id, session_id, trace_id, created_at, wake_at, input, usage, started_by)
     select ${bind(id)}, ${bind(tenant)}, ${bind(request.agentId)}, ${bind(sessionId)}, ${bind(request.traceId)},
       ${now}, case when ${isFirst} then ${now} end, ${bind(request.input)}, ${bind(noUsage)}, ${bind(request.startedBy)}
     ${sessionId === null ? '' : 'where exists (select 1 from session_row)'} returning *`,
  )
  if (idempotency) {
    part(
      'new_key',
      `insert into ${schema}.idempotency_keys (tenant, key, fingerprint, run_id, expires_at)
       select tenant, ${bind(idempotency.key)}, ${bind(idempotency.fingerprint)}, id, now() + interval '24 hours'
       from new_run`,
    )
    await client.query(
      `delete from ${schema}.idempotency_keys where tenant = $1::text and key = $2::text and expires_at <= now()`,
      [tenant, idempotency.key],
    )
  }
  const { text, parameters } = select('select *, 0 as observations from new_run')
  const [row] = await client.query(text, parameters)
  return row
}

async function cancelOlderRuns(client: SqlClient, schema: string, row: SqlRow): Promise<string[]> {
  const rows = await client.query(
    `update ${schema}.runs set cancel_requested_at = coalesce(cancel_requested_at, ${now}), wake_at = ${now},
       cancel_reason = coalesce(cancel_reason, 'A newer run took its place.')
     where session_id = $1::text and serial < $2::bigint and ended_at is null returning id`,
    [row['session_id'] as string | null, String(row['serial'])],
  )
  return rows.map(({ id }) => String(id))
}

async function explainRefusal(
  client: SqlClient,
  schema: string,
  { tenant, sessionId }: NewRun,
): Promise<Admission | null> {
  const [session] = await client.query(
    `select open_runs, (select r.id from ${schema}.runs r where r.session_id = s.id and r.ended_at is null
       order by r.serial limit 1) as busy
     from ${schema}.sessions s where s.id = $1::text and s.tenant = $2::text`,
    [sessionId, tenant],
  )
  if (!session) return { kind: 'no_session' }
  return typeof session['busy'] === 'string' ? { kind: 'busy', runId: session['busy'] } : null
}

/** Requests the cancellation of a run. The first reason stays; ended runs stay unchanged. */
export async function requestCancel(
  client: SqlClient,
  schema: string,
  { tenant, id, reason }: { tenant: string; id: string; reason: string | null },
): Promise<void> {
  await client.query(
    `update ${schema}.runs set cancel_requested_at = ${now}, cancel_reason = $3::text, wake_at = ${now}
     where tenant = $1::text and id = $2::text and ended_at is null and cancel_requested_at is null`,
    [tenant, id, reason],
  )
}
