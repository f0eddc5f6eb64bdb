import type { RunJournal } from '../store.ts'
import type { SqlRow } from './client.ts'
import { toParts, toRun } from './rows.ts'

/** SQL: the day of the partition that the log of a run is written to. 0 for an id that does not tell the time. */
export function dayOf(schema: string, runId: string): string {
  return `${schema}.run_day(${runId})`
}

/**
 * SQL: is `day` one of those that the log of a run is read from? The entries of older versions are in day 0, and those of a run that
 * was open when its day was dropped.
 *
 * @see docs/decisions/242-the-log-is-divided-by-days.md
 */
export function daysOf(schema: string, runId: string): string {
  return `day in (0, ${dayOf(schema, runId)})`
}

/** SQL: does the session of run `r` have an open run that was admitted before it? */
export function hasOlderRun(schema: string): string {
  return `exists (select 1 from ${schema}.runs o
    where o.session_id = r.session_id and o.serial < r.serial and o.ended_at is null)`
}

/** SQL: the input of a run but its prompt, history and tools, which may be large. New runs have it in `about` as well. */
export function withoutTexts(input: string): string {
  return `${input} - 'prompt'::text - 'history'::text - 'clientTools'::text`
}

/** SQL: the columns of run `r` but its prompt and history, which may be large. */
export const runSummary = `r.id, r.serial, r.tenant, r.agent_id, r.session_id, r.trace_id, r.status, r.epoch, r.owner,
  r.lease_until, r.wake_at, r.attempts, r.next_seq, r.takeover_seq, r.cancel_requested_at, r.cancel_reason, r.created_at,
  r.started_at, r.ended_at, r.turns, r.usage, r.output, r.error, r.partial, r.started_by,
  coalesce(r.about, ${withoutTexts('r.input')}) as input`

/** SQL: the number of observations that the trace of run `r` will list. */
function observations(schema: string): string {
  const count = (table: string) =>
    `(select count(*) from ${schema}.${table} p where p.run_id = r.id)`
  return `r.turns + ${count('run_tool_calls')} + ${count('approvals')} as observations`
}

/** SQL: the columns of run `r` that lists show. */
export function runColumns(schema: string): string {
  return `${runSummary}, ${observations(schema)}`
}

/** SQL: all columns of run `r`. */
export function wholeRun(schema: string): string {
  return `r.*, ${observations(schema)}`
}

/** SQL: a JSON array of the rows `p` of a part of run `r`. `json_agg` has no limit of 256 MB, as `jsonb_agg` has. */
export function listParts(
  schema: string,
  {
    table,
    value,
    order,
    where = '',
  }: Record<'table' | 'value' | 'order', string> & { where?: string },
): string {
  return `(select json_agg(${value} order by ${order}) from ${schema}.${table} p where p.run_id = r.id ${where})`
}

/** SQL: a message `p` of a run as JSON. */
export const messageOfRun = `json_build_object('turn', p.turn, 'message', p.message)`

/** SQL: the parts of run `r` as JSON arrays, which `toParts` reads. */
export function selectParts(schema: string): string {
  const list = (table: string, value: string, order: string) =>
    listParts(schema, { table, value, order })
  return `${list('run_messages', messageOfRun, 'p.index')} as messages,
    ${list('run_turns', 'p.data', 'p.turn')} as run_turns,
    ${list('run_tool_calls', 'p.data', 'p.turn, p.index')} as tool_calls,
    ${list('approvals', 'row_to_json(p)', 'p.serial')} as approvals`
}

/**
 * SQL: walks back from the newest message of a session before a position, one index entry at a time, until it has enough
 * messages or bytes. Each row has `position`, `message`, `run_id` and `turn`.
 */
export function newestMessages(
  schema: string,
  limits: {
    readonly session: string
    readonly before: string
    readonly limit: string
    readonly bytes: string
  },
): string {
  const { session, before, limit, bytes } = limits
  const next = (position: string) =>
    `select m.position, m.run_id, m.turn, m.message, octet_length(m.message::text) as size from ${schema}.run_messages m
     where m.session_id = ${session} and m.position < ${position} order by m.position desc limit 1`
  return `(with recursive walk as (
      select n.*, n.size::bigint as total, 1 as place from (${next(before)}) n where ${limit} > 0
      union all
      select n.*, walk.total + n.size, walk.place + 1 from walk cross join lateral (${next('walk.position')}) n
      where walk.place < ${limit} and walk.total < ${bytes}
    ) select position, run_id, turn, message from walk)`
}

/** Reads a run with its parts from a row of `wholeRun` and `selectParts`. */
export function toJournal(row: SqlRow): RunJournal {
  return { run: toRun(row), ...toParts(row) }
}
