import type { RunJournal } from '../store.ts'
import type { SqlRow } from './client.ts'
import { toParts, toRun } from './rows.ts'

/** SQL: does the session of run `r` have an open run that was admitted before it? */
export function hasOlderRun(schema: string): string {
  return `exists (select 1 from ${schema}.runs o
    where o.session_id = r.session_id and o.serial < r.serial and o.ended_at is null)`
}

/** SQL: the columns of run `r`, with the number of observations that its trace will list. */
export function runColumns(schema: string): string {
  const count = (table: string) =>
    `(select count(*) from ${schema}.${table} p where p.run_id = r.id)`
  return `r.*, r.turns + ${count('run_tool_calls')} + ${count('approvals')} as observations`
}

/** SQL: the parts of run `r` as JSON arrays, which `toParts` reads. */
export function selectParts(schema: string): string {
  const list = (table: string, value: string, order: string) =>
    `(select jsonb_agg(${value} order by ${order}) from ${schema}.${table} p where p.run_id = r.id)`
  const message = `jsonb_build_object('turn', p.turn, 'message', p.message)`
  return `${list('run_messages', message, 'p.index')} as messages,
    ${list('run_turns', 'p.data', 'p.turn')} as run_turns,
    ${list('run_tool_calls', 'p.data', 'p.turn, p.index')} as tool_calls,
    ${list('approvals', 'to_jsonb(p)', 'p.serial')} as approvals`
}

/** Reads a run with its parts from a row of `runColumns` and `selectParts`. */
export function toJournal(row: SqlRow): RunJournal {
  return { run: toRun(row), ...toParts(row) }
}
