import type { RunJournal } from '../store.ts'
import type { SqlRow } from './client.ts'
import { toParts, toRun } from './rows.ts'

/** A run of the same session that was admitted before and has not ended. */
export function hasElder(schema: string): string {
  return `exists (select 1 from ${schema}.runs e
    where e.session_id = r.session_id and e.serial < r.serial and e.ended_at is null)`
}

/** The columns of a run, and how much its trace will list. */
export function runColumns(schema: string): string {
  const count = (table: string) =>
    `(select count(*) from ${schema}.${table} p where p.run_id = r.id)`
  return `r.*, r.turns + ${count('run_tool_calls')} + ${count('approvals')} as observations`
}

/** The parts of a run as JSON arrays; `toParts` reads them. */
export function partsOf(schema: string): string {
  const list = (table: string, value: string, order: string) =>
    `(select jsonb_agg(${value} order by ${order}) from ${schema}.${table} p where p.run_id = r.id)`
  const message = `jsonb_build_object('turn', p.turn, 'message', p.message)`
  return `${list('run_messages', message, 'p.index')} as messages,
    ${list('run_turns', 'p.data', 'p.turn')} as run_turns,
    ${list('run_tool_calls', 'p.data', 'p.turn, p.index')} as tool_calls,
    ${list('approvals', 'to_jsonb(p)', 'p.serial')} as approvals`
}

/** A run with its parts out of its row. */
export function toJournal(row: SqlRow): RunJournal {
  return { run: toRun(row), ...toParts(row) }
}
