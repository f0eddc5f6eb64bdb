import type { Notes } from '../outbox/notes.ts'
import { dayOf } from '../selects.ts'
import { createStatement, now, type Statement } from '../statement.ts'
import { type Commit, type CommitRows, toCommitRows } from './commit-rows.ts'

/** What a statement does besides writing. */
export interface CommitOptions {
  readonly notes: Notes
  /** Whether it waits for rows that others have locked. If false, it leaves changes of such runs out. */
  readonly waits: boolean
}

type Builder = ReturnType<typeof createStatement>

/**
 * Builds the statement that writes changes of different runs: one statement is one transaction and one round trip. It updates
 * the runs as `owned`, and every other part selects from there. A change has no row in `owned`, and nothing of it is written,
 * when another process took its run over or when it does not continue the log. The text depends on which parts the
 * changes have and on nothing else, so that PostgreSQL plans it once.
 *
 * @see docs/decisions/240-changes-are-written-in-groups.md
 */
export function commitStatement(
  schema: string,
  commits: readonly Commit[],
  { notes, waits }: CommitOptions,
): Statement {
  const statement = createStatement()
  const rows = toCommitRows(commits)
  const sessions = rows.runs.some(({ touches }) => touches)
  addInput(rows, statement)
  if (!waits) addLocks(schema, sessions, statement)
  statement.part('owned', updateRuns(schema, waits, rows))
  addEvents(schema, rows, statement)
  if (sessions) addSessions(schema, statement)
  addMessages(schema, rows, statement)
  addTurnsAndCalls(schema, rows, statement)
  if (rows.approvals.length > 0) {
    statement.part('new_approvals', insertApprovals(schema, rows, statement))
    notes.add(statement, 'approval.requested', 'new_approvals')
  }
  if (rows.runs.some(({ release }) => release === 'end')) addEnds(schema, statement, notes)
  return statement.select(
    `select o.place, o.cancel_requested_at is not null as cancel_requested, o.wake_at <= now() as woken, o.session_id,
       ${sessions ? 'o.open_runs from placed' : 'null::integer as open_runs from owned'} o`,
    { isPrepared: true },
  )
}

function addInput({ runs }: CommitRows, { part, bind }: Builder): void {
  part(
    'input',
    `select * from jsonb_to_recordset(${bind(runs)}) as i (place integer, id text, epoch bigint, write integer,
       first_seq integer, entries integer, messages integer, turn integer, success boolean, usage jsonb, release text,
       status text, output text, error jsonb, partial jsonb, touches boolean, title text, expiry timestamptz)`,
  )
}

const inputIds = 'array(select i.id from input i)'

/** Finds the runs that nobody else has locked, and whose session is free if the change writes to it; one run of a session. */
function addLocks(schema: string, sessions: boolean, { part }: Builder): void {
  part(
    'locked',
    `select r.id, i.touches, case when i.touches then r.session_id end as session_id
     from ${schema}.runs r join input i on i.id = r.id
     where r.id = any(${inputIds}) for no key update of r skip locked`,
  )
  if (!sessions) return part('ready', 'select id from locked')
  part(
    'free_sessions',
    `select s.id from ${schema}.sessions s
     where s.id = any(array(select session_id from locked where session_id is not null))
     for no key update skip locked`,
  )
  part(
    'ready',
    `select distinct on (coalesce(l.session_id, l.id)) l.id from locked l
     where l.session_id is null or l.session_id in (select id from free_sessions)
     order by coalesce(l.session_id, l.id), l.id`,
  )
}

function updateRuns(schema: string, waits: boolean, { runs, approvals }: CommitRows): string {
  const ends = runs.some(({ release }) => release === 'end')
  const waiting = runs.some(({ release }) => release === 'wait') || approvals.length > 0
  const columns = [
    'writes = coalesce(i.write, r.writes + 1)',
    'next_seq = r.next_seq + i.entries',
    'next_message = r.next_message + i.messages',
    'turns = greatest(r.turns, i.turn)',
    'attempts = case when i.success then 0 else r.attempts end',
    'usage = coalesce(i.usage, r.usage)',
    'owner = case when i.release is null then r.owner end',
    'lease_until = case when i.release is null then r.lease_until end',
    `wake_at = case i.release when 'yield' then ${now} ${waiting ? wakeOfWaiting(schema) : ''}
       when 'end' then null else r.wake_at end`,
    `status = case i.release when 'wait' then 'waiting' when 'end' then i.status else r.status end`,
    ...(ends ? endColumns : []),
  ]
  // a cancellation wins over a later success
  return `update ${schema}.runs r set ${columns.join(', ')} from input i
    where r.id = any(${waits ? inputIds : 'array(select id from ready)'}) and r.id = i.id and r.epoch = i.epoch and r.owner is not null
      and r.writes = coalesce(i.write - 1, r.writes) and r.next_seq = coalesce(i.first_seq, r.next_seq)
      and (i.status is distinct from 'succeeded' or r.cancel_requested_at is null)
    returning i.place, i.messages, i.title, i.touches, i.release, r.id, r.tenant, r.agent_id, r.session_id, r.status,
      r.next_message, r.cancel_requested_at, r.wake_at`
}

const endColumns = [
  `ended_at = case when i.release = 'end' then ${now} end`,
  `output = case when i.release = 'end' then i.output end`,
  `error = case when i.release = 'end' then i.error end`,
  `partial = case when i.release = 'end' then i.partial end`,
]

// Approvals of this change are not in the table yet, so the input has the earliest time of those.
function wakeOfWaiting(schema: string): string {
  return `when 'wait' then case when r.wake_at is not null or r.cancel_requested_at is not null then ${now}
    else least(i.expiry, (select min(a.expires_at) from ${schema}.approvals a
      where a.run_id = r.id and a.status = 'pending')) end`
}

function addEvents(schema: string, { events }: CommitRows, { part, bindList }: Builder): void {
  if (events.length === 0) return
  const list = bindList(events, ['place', 'first', 'last'], 'lines')
  part(
    'new_events',
    `insert into ${schema}.run_events (run_id, day, first_seq, last_seq, lines)
     select o.id, ${dayOf(schema, 'o.id')}, e.first, e.last, e.lines from owned o join ${list} as e (place, first, last, lines) using (place)`,
  )
}

/**
 * Updates the sessions as `session_row`, and puts them beside `owned` as `placed`. The row of the session gives messages their
 * positions, and locks out other runs of the session. The changes are one object, because PostgreSQL expects one row in
 * `owned` and would look at all sessions for each of them.
 */
function addSessions(schema: string, { part }: Builder): void {
  part(
    'session_row',
    `update ${schema}.sessions s
     set message_count = s.message_count + (c.by_session -> s.id ->> 'messages')::integer, updated_at = ${now},
       open_runs = s.open_runs - case when c.by_session -> s.id ->> 'release' = 'end' then 1 else 0 end,
       waking = case when c.by_session -> s.id ->> 'release' = 'end' then s.open_runs > 1 else s.waking end,
       title = coalesce(s.title, c.by_session -> s.id ->> 'title')
     from (select jsonb_object_agg(o.session_id, to_jsonb(o)) as by_session
       from (select session_id, id, messages, release, title from owned where touches and session_id is not null) o) c
     where s.id = any(array(select session_id from owned where touches))
     returning c.by_session -> s.id ->> 'id' as run_id, s.open_runs,
       s.message_count - (c.by_session -> s.id ->> 'messages')::integer as position`,
  )
  // each session has a run: a full join is a left join that PostgreSQL never makes row by row
  part(
    'placed',
    `select o.id, o.place, o.messages, o.next_message, o.session_id, o.cancel_requested_at, o.wake_at,
       s.position, s.open_runs
     from owned o full join session_row s on s.run_id = o.id`,
  )
}

function addMessages(schema: string, { messages }: CommitRows, { part, bindList }: Builder): void {
  if (messages.length === 0) return
  const list = bindList(messages, ['place', 'at', 'turn'], 'json')
  part(
    'new_messages',
    `insert into ${schema}.run_messages (run_id, index, turn, message, session_id, position)
     select o.id, o.next_message - o.messages + m.at, m.turn, m.json::jsonb, o.session_id, o.position + m.at
     from placed o join ${list} as m (place, at, turn, json) using (place)`,
  )
}

function addTurnsAndCalls(schema: string, rows: CommitRows, { part, bindList }: Builder): void {
  if (rows.turns.length > 0) {
    part(
      'upsert_turn',
      `insert into ${schema}.run_turns (run_id, turn, data)
       select o.id, t.turn, t.json::jsonb
       from owned o join ${bindList(rows.turns, ['place', 'turn'], 'json')} as t (place, turn, json) using (place)
       on conflict (run_id, turn) do update set data = excluded.data`,
    )
  }
  if (rows.toolCalls.length > 0) {
    part(
      'upsert_tool_calls',
      `insert into ${schema}.run_tool_calls (run_id, tool_call_id, turn, index, state, data)
       select c.run_id, ${toolCallKey}, (c.data ->> 'turn')::integer, (c.data ->> 'index')::integer, c.data ->> 'state', c.data
       from (select o.id as run_id, l.json::jsonb as data
         from owned o join ${bindList(rows.toolCalls, ['place'], 'json')} as l (place, json) using (place)) c
       on conflict (run_id, tool_call_id) do update set state = excluded.state, data = excluded.data`,
    )
  }
}

// An index entry has about 2,700 bytes at most, and providers choose the id. `data` keeps it whole.
const toolCallKey = `case when octet_length(c.data ->> 'toolCallId') <= 512 then c.data ->> 'toolCallId'
  else 'sha256:' || encode(sha256(convert_to(c.data ->> 'toolCallId', 'UTF8')), 'hex') end`

function insertApprovals(schema: string, { approvals }: CommitRows, { bindList }: Builder): string {
  const list = bindList(approvals, ['place'], 'json')
  return `insert into ${schema}.approvals
      (id, run_id, tenant, agent_id, session_id, requested_at, expires_at, input, data)
    select a.data ->> 'id', a.run_id, a.tenant, a.agent_id, a.session_id,
      (a.data ->> 'requestedAt')::timestamptz, (a.data ->> 'expiresAt')::timestamptz,
      a.data -> 'input', a.data -> 'description'
    from (select o.id as run_id, o.tenant, o.agent_id, o.session_id, l.json::jsonb as data
      from owned o join ${list} as l (place, json) using (place)) a returning *`
}

function addEnds(schema: string, statement: Builder, notes: Notes): void {
  statement.part('ended', `select * from owned where release = 'end'`)
  statement.part(
    'closed_approvals',
    `update ${schema}.approvals set status = 'cancelled', resolved_at = ${now},
     decision_reason = 'The run ended.'
     where run_id = any(array(select id from ended)) and status = 'pending' returning *`,
  )
  notes.add(statement, 'run.ended', 'ended')
  notes.add(statement, 'approval.resolved', 'closed_approvals')
}
