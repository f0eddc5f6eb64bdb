import type { Admission, NewRun } from '../store.ts'
import { checkNewRun } from '../keys.ts'
import { createGroup } from './group.ts'
import { type SqlClient, type SqlRow, isUniqueViolation } from './client.ts'
import { cancelElders, lockOpen, updateElders } from './elders.ts'
import { toSummary } from './rows.ts'
import { runColumns, runSummary, withoutTexts } from './selects.ts'
import { createStatement, now, statement, toStorableJson } from './statement.ts'
import { noUsage } from '../../records/usage.ts'

/** Creates the function that admits a run. Runs without a session and a key go together while others are on their way. */
export function createAdmissions(client: SqlClient, schema: string) {
  const admitPlain = createGroup<PlainRun, Admission>({
    sizeOf: ({ input }) => input.length,
    async alone(run) {
      const [admission] = await insertPlain(client, schema, [run])
      if (!admission) throw new Error('The run was not inserted')
      return admission
    },
    async together(runs) {
      const admissions = await insertPlain(client, schema, runs)
      return admissions.map((admission) => async () => admission)
    },
  })
  return async (request: NewRun): Promise<Admission> => {
    checkNewRun(request)
    const isPlain = request.sessionId === null && request.idempotency === null
    if (!isPlain) return admit(client, schema, request)
    return admitPlain({ request, input: toStorableJson(request.input) })
  }
}

/** A run without a session and a key, and its input as JSON. */
interface PlainRun {
  readonly request: NewRun
  readonly input: string
}

/** Admits runs in their order, with one statement. */
async function insertPlain(
  client: SqlClient,
  schema: string,
  runs: readonly PlainRun[],
): Promise<Admission[]> {
  const { bind, bindList, part, select } = createStatement()
  const facts = runs.map(({ request: { id, tenant, agentId, traceId, startedBy } }, place) => {
    return { place, id, tenant, agent_id: agentId, trace_id: traceId, started_by: startedBy }
  })
  const inputs = bindList(
    runs.map(({ input }, place) => ({ place, input })),
    ['place'],
    'input',
  )
  part(
    'new_runs',
    `insert into ${schema}.runs as r (id, tenant, agent_id, trace_id, created_at, wake_at, input, about, usage, started_by)
     select f.id, f.tenant, f.agent_id, f.trace_id, ${clock}, ${clock}, i.input::jsonb, ${withoutTexts('i.input::jsonb')},
       ${bind(noUsage)}, f.started_by
     from jsonb_to_recordset(${bind(facts)})
       as f (place integer, id text, tenant text, agent_id text, trace_id text, started_by text)
     join ${inputs} as i (place, input) using (place) order by place returning ${runSummary}`,
  )
  const rows = await client.write(
    select('select *, 0 as observations from new_runs order by serial', { isPrepared: true }),
  )
  return rows.map((row) => ({ kind: 'created', run: toSummary(row), cancelled: [], ahead: 0 }))
}

/**
 * Admits a run in one statement. The idempotency key and the row of the session are its locks: of two callers with the same
 * key, one inserts a run and the other finds it. When nothing was inserted, a second statement finds out why.
 */
async function admit(client: SqlClient, schema: string, request: NewRun): Promise<Admission> {
  for (let attempt = 0; ; attempt++) {
    const replay = await findReplay(client, schema, request)
    if (replay) return replay
    try {
      const row = await insert(client, schema, request)
      if (row) {
        const cancelled = (row['cancelled'] ?? []) as readonly string[]
        return { kind: 'created', run: toSummary(row), cancelled, ahead: Number(row['ahead']) }
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
    `select ${runSummary}, r.turns as observations, k.fingerprint from ${schema}.idempotency_keys k
     join ${schema}.runs r on r.id = k.run_id
     where k.tenant = $1::text and k.key = $2::text and k.expires_at > now()`,
    [tenant, idempotency.key],
  )
  if (!row) return null
  if (row['fingerprint'] !== idempotency.fingerprint) return { kind: 'mismatch' }
  const run = toSummary(row)
  if (request.onBusy === 'cancel' && run.endedAt === null) await cancelElders(client, schema, row)
  return { kind: 'replayed', run }
}

async function insert(
  client: SqlClient,
  schema: string,
  request: NewRun,
): Promise<SqlRow | undefined> {
  const built = createStatement()
  const { bind, part, select } = built
  const { id, tenant, sessionId, idempotency, input } = request
  const replaces = sessionId !== null && request.onBusy === 'cancel'
  if (sessionId !== null) addSession(schema, request, built)
  const json = bind(input)
  const isFirst = sessionId === null ? 'true' : '(select open_runs = 1 from session_row)'
  // If a run was admitted that this statement cannot see, it is rolled back and repeated, as after a conflict.
  const sawAll = replaces
    ? 'where 1 / (case when open_runs = 1 + (select count(*) from elders) then 1 else 0 end) = 1'
    : ''
  part(
    'new_run',
    `insert into ${schema}.runs as r
       (id, tenant, agent_id, session_id, trace_id, created_at, wake_at, input, about, usage, started_by)
     select ${bind(id)}, ${bind(tenant)}, ${bind(request.agentId)}, ${bind(sessionId)}, ${bind(request.traceId)},
       ${clock}, case when ${isFirst} then ${clock} end, ${json}, ${withoutTexts(json)},
       ${bind(noUsage)},
       ${bind(request.startedBy)}
     ${sessionId === null ? '' : `from session_row ${sawAll}`} returning ${runSummary}`,
  )
  if (idempotency) {
    part(
      'new_key',
      `insert into ${schema}.idempotency_keys (tenant, key, fingerprint, run_id, expires_at)
       select tenant, ${bind(idempotency.key)}, ${bind(idempotency.fingerprint)}, id, now() + interval '24 hours'
       from new_run`,
    )
    await client.write(
      statement(
        `delete from ${schema}.idempotency_keys
         where tenant = $1::text and key = $2::text and expires_at <= now() returning key`,
        [tenant, idempotency.key],
      ),
    )
  }
  const ahead = sessionId === null ? '0' : '(select open_runs - 1 from session_row)'
  const cancelled = replaces ? '(select json_agg(id) from elders)' : 'null'
  const [row] = await client.write(
    select(
      `select *, 0 as observations, ${cancelled} as cancelled, ${ahead} as ahead from new_run`,
      { isPrepared: true },
    ),
  )
  return row
}

/** SQL: the time when the run is inserted, after any wait for its session, so that times are in the order of `serial`. */
const clock = `date_trunc('milliseconds', clock_timestamp())`

// Runs are locked before their session, as in every other statement.
function addSession(
  schema: string,
  { sessionId, tenant, onBusy, maxOpenRuns }: NewRun,
  { bind, part }: ReturnType<typeof createStatement>,
): void {
  const named = `id = ${bind(sessionId)} and tenant = ${bind(tenant)}`
  if (onBusy === 'cancel') {
    const session = `(select id from ${schema}.sessions where ${named})`
    part('elder_rows', lockOpen(schema, session))
    part('elders', updateElders(schema))
  }
  const condition = {
    enqueue: '',
    reject: 'and open_runs = 0',
    cancel: 'and (select count(*) from elders) >= 0',
  }[onBusy]
  const hasRoom =
    onBusy === 'enqueue' && maxOpenRuns !== undefined
      ? `and open_runs < ${bind(maxOpenRuns, 'integer')}`
      : ''
  part(
    'session_row',
    `update ${schema}.sessions set open_runs = open_runs + 1 where ${named} ${condition} ${hasRoom} returning open_runs`,
  )
}

async function explainRefusal(
  client: SqlClient,
  schema: string,
  { tenant, sessionId, onBusy }: NewRun,
): Promise<Admission | null> {
  const [session] = await client.query(
    `select open_runs, (select r.id from ${schema}.runs r where r.session_id = s.id and r.ended_at is null
       order by r.serial limit 1) as busy
     from ${schema}.sessions s where s.id = $1::text and s.tenant = $2::text`,
    [sessionId, tenant],
  )
  if (!session) return { kind: 'no_session' }
  if (typeof session['busy'] === 'string' && onBusy === 'enqueue') return { kind: 'full' }
  return typeof session['busy'] === 'string' ? { kind: 'busy', runId: session['busy'] } : null
}

/**
 * Requests the cancellation of a run, and resolves to its row of `runColumns`. The first reason stays; ended runs stay
 * unchanged.
 */
export async function requestCancel(
  client: SqlClient,
  schema: string,
  { tenant, id, reason }: { tenant: string; id: string; reason: string | null },
): Promise<SqlRow | undefined> {
  const { bind, part, select } = createStatement()
  const named = `r.tenant = ${bind(tenant)} and r.id = ${bind(id)}`
  const columns = runColumns(schema)
  part(
    'cancelled',
    `update ${schema}.runs r set cancel_requested_at = ${now}, cancel_reason = ${bind(reason)}, wake_at = ${now}
     where ${named} and r.ended_at is null and r.cancel_requested_at is null returning ${columns}`,
  )
  const [row] = await client.write(
    select(`select * from cancelled union all
      select ${columns} from ${schema}.runs r where ${named} and not exists (select 1 from cancelled)`),
  )
  return row
}
