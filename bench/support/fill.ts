import type { Sql } from 'postgres'

/** Options of the function `fillTables`. */
export interface FillOptions {
  /** The schema the tables are in. @default 'studio' */
  readonly schema?: string
  readonly runs: number
}

/**
 * Fills prepared, empty tables like months of a busy project: nine of ten runs in one tenant, five agents from frequent to
 * rare, most runs in sessions of very different lengths, 4 % waiting for an approval, a few queued or running.
 */
export async function fillTables(sql: Sql, { schema = 'studio', runs }: FillOptions) {
  const sessions = Math.ceil(runs / 10)
  const fill = (text: string) => sql.unsafe(text.replaceAll('$schema', schema))
  await fill(sessionRows(sessions))
  await fill(runRows(runs, sessions))
  await fill(sessionCounts)
  await fill(messageRows)
  await fill(turnRows)
  await fill(toolCallRows)
  await fill(approvalRows)
  await fill(eventRows)
  await fill(keyRows)
  await sql.unsafe('vacuum analyze')
}

/** The tables that grow with use, without their schema. */
export const bigTables = [
  'sessions',
  'runs',
  'run_events',
  'run_messages',
  'run_turns',
  'run_tool_calls',
  'approvals',
  'idempotency_keys',
] as const

const agentOf = (n: string) =>
  `case when ${n} % 100 < 70 then 'support' when ${n} % 100 < 90 then 'sales'
     when ${n} % 100 < 98 then 'ops' when ${n} % 100 < 99 then 'billing' else 'rare' end`

const usage = `'{"inputTokens":812,"outputTokens":96,"totalTokens":908,"cachedInputTokens":0,"cacheCreationInputTokens":0}'`

const sessionRows = (count: number) => `
  insert into $schema.sessions (id, tenant, agent_id, title, metadata, created_at, updated_at)
  select md5('session' || n)::uuid::text, case when n % 10 = 9 then 'tenant-' || n % 20 else '' end, ${agentOf('n')},
    'Order ' || n, '{"channel":"web"}', at, at
  from generate_series(1, ${count}) n
  cross join lateral (select date_trunc('milliseconds', now() - (${count} - n) * interval '10 seconds') as at) t`

/** A session has at most one waiting run; ended runs are in few long sessions and many short ones. */
const runRows = (count: number, sessions: number) => `
  insert into $schema.runs (id, tenant, agent_id, session_id, trace_id, status, epoch, owner, lease_until, wake_at,
    created_at, started_at, ended_at, input, turns, usage, output, error, next_seq, next_message)
  select md5('run' || n)::uuid::text, coalesce(s.tenant, case when n % 10 = 9 then 'tenant-' || n % 20 else '' end),
    coalesce(s.agent_id, ${agentOf('n / 7')}), s.id, md5('trace' || n), status, 1,
    case when status = 'running' then 'an instance' end,
    case when status = 'running' then now() + interval '1 hour' end,
    case when status = 'waiting' and n % 3 = 0 then now() + interval '1 day' end,
    at, case when status <> 'queued' then at end,
    case when status in ('succeeded', 'failed', 'cancelled') then at + interval '4 seconds' end,
    jsonb_build_object('prompt', jsonb_build_object('role', 'user', 'content', jsonb_build_array(
        jsonb_build_object('type', 'text', 'text', 'What about order ' || n || '?' || repeat(' Please look.', 20)))),
      'history', '[]'::jsonb, 'maxTurns', 20, 'toolConcurrency', 1, 'timeoutMs', null, 'stream', false,
      'verbose', false, 'trace', null, 'metadata', jsonb_build_object('ticket', n)),
    1 + n % 3, ${usage}, case when status = 'succeeded' then 'It is on its way. ' || repeat('Really. ', 20) end,
    case when status = 'failed' then '{"code":"model_error","name":"Error","message":"overloaded"}'::jsonb end, 10, 2
  from generate_series(1, ${count}) n
  cross join lateral (select
    case when n % 25 = 7 then 'waiting' when n % 100 in (1, 2, 3) then 'failed' when n % 100 in (4, 5) then 'cancelled'
      when n % 1000 = 6 then 'queued' when n % 1000 = 8 then 'running' else 'succeeded' end as status,
    date_trunc('milliseconds', now() - (${count} - n) * interval '1 second') as at) t
  left join $schema.sessions s on s.id = md5('session' || case
    when status = 'waiting' then n / 25 + 1
    when status in ('queued', 'running') or n % 5 in (0, 1) then 0
    else 1 + floor(${sessions} * power(n::bigint * 7919 % 10007 / 10007.0, 4))::integer end)::uuid::text`

const sessionCounts = `
  update $schema.sessions s set open_runs = c.open, message_count = 2 * c.runs
  from (select session_id, count(*) as runs, count(*) filter (where ended_at is null) as open
    from $schema.runs where session_id is not null group by 1) c where c.session_id = s.id`

const messageRows = `
  insert into $schema.run_messages (run_id, index, turn, message, session_id, position)
  select id, i, i, case when i = 0 then input -> 'prompt' else jsonb_build_object('role', 'assistant', 'content',
      jsonb_build_array(jsonb_build_object('type', 'text', 'text', coalesce(output, 'Let me look.')))) end,
    session_id, case when session_id is not null then 2 * place + i end
  from (select *, row_number() over (partition by session_id order by serial) - 1 as place from $schema.runs) r
  cross join generate_series(0, 1) i`

const turnRows = `
  insert into $schema.run_turns (run_id, turn, data)
  select id, t, jsonb_build_object('turn', t, 'spanId', left(md5(id || t), 16), 'status', 'success',
    'startedAt', created_at, 'endedAt', created_at, 'firstDeltaMs', 300, 'provider', 'bench', 'model', 'bench',
    'responseId', null, 'responseModel', null, 'finishReason', 'stop', 'usage', usage, 'historyCount', 3,
    'toolNames', '["refund"]'::jsonb, 'retries', '[]'::jsonb, 'error', null)
  from $schema.runs cross join lateral generate_series(1, turns) t where status <> 'queued'`

const toolCallRows = `
  insert into $schema.run_tool_calls (run_id, tool_call_id, turn, index, state, data)
  select id, 'call-' || t, t, 0, state, jsonb_build_object('toolCallId', 'call-' || t, 'internalCallId', md5(id || t),
    'turn', t, 'index', 0, 'toolName', 'refund', 'input', '{"cents":5}'::jsonb, 'state', state, 'approvalId', null,
    'plannedAt', created_at, 'startedAt', null, 'endedAt', null, 'result', null, 'isError', false, 'skipped', false)
  from $schema.runs
  cross join lateral (select case when status = 'waiting' then 'waiting' else 'done' end as state) s
  cross join lateral generate_series(1, turns - case when status = 'waiting' then 0 else 1 end) t
  where status <> 'queued'`

const approvalRows = `
  insert into $schema.approvals (id, run_id, tenant, agent_id, session_id, status, requested_at, resolved_at,
    expires_at, decision_reason, decided_by, input, data)
  select md5('approval' || serial)::uuid::text, id, tenant, agent_id, session_id, decision, created_at,
    case when decision <> 'pending' then ended_at end, wake_at, null, case when decision <> 'pending' then 'ada' end,
    '{"cents":5}', jsonb_build_object('toolName', 'refund', 'toolCallId', 'call-1', 'internalCallId', md5(id),
      'args', '{"cents":5}', 'requestReason', 'Over the limit', 'metadata', input -> 'metadata')
  from $schema.runs
  cross join lateral (select case when status = 'waiting' then 'pending' when serial % 3 = 0 then 'rejected'
    else 'approved' end as decision) d
  where status = 'waiting' or (ended_at is not null and serial % 10 = 0) order by serial`

const eventRows = `
  insert into $schema.run_events (run_id, first_seq, last_seq, lines)
  select id, 0, 9, repeat('{"type":"text_delta","turn":1,"delta":" token","seq":0}' || chr(10), 9) ||
    '{"type":"final","seq":9}' from $schema.runs where status <> 'queued'`

const keyRows = `
  insert into $schema.idempotency_keys (tenant, key, fingerprint, run_id, expires_at)
  select tenant, 'key-' || serial, md5(id), id, now() + interval '1 hour' from $schema.runs where serial % 5 = 0`
