import type { Sql } from 'postgres'
import { maxAttempts } from '../../src/records/run.ts'
import { toolKinds } from './agent.ts'
import { type Ledger, tally } from './ledger.ts'

interface RunRow {
  readonly id: string
  readonly status: string
  readonly nextSeq: number
  readonly epoch: number
  readonly hasLostOwner: boolean
  readonly output: string | null
  readonly code: string | null
  /** True for a run that cost a sixth owner: it was read alone when it ended, so that its open calls stay open. */
  readonly wasReadAlone: boolean
}

interface LogLine {
  readonly json: string
  readonly event: Readonly<Record<string, unknown>> & { readonly type: string }
}

const terminalOf: Record<string, string> = {
  succeeded: 'final',
  failed: 'error',
  cancelled: 'cancelled',
}

/** Compares what clients learned with what the tables contain at the end. Returns all violations. */
export async function verify(sql: Sql, ledger: Ledger): Promise<string[]> {
  const runs = await readRuns(sql)
  const logs = await readLogs(sql)
  const found = [...ledger.violations]
  for (const run of runs.values()) {
    const log = logs.get(run.id) ?? []
    found.push(...checkLog(run, log).map((what) => `run ${run.id}: ${what}`))
    tally(ledger, `ended as ${run.code ?? run.status}`)
    tally(ledger, 'claims', run.epoch)
    const again = log.filter(({ event }) => 'attempt' in event).length
    tally(ledger, 'turns taken over', again)
    if (run.wasReadAlone) tally(ledger, 'ended after a sixth lost owner')
  }
  found.push(...checkAcknowledged(ledger, runs, logs))
  found.push(...(await checkMessages(sql, logs, runs)))
  found.push(...(await checkDecisions(sql, ledger)))
  found.push(...(await checkExecutions(sql, ledger)))
  found.push(...(await checkRows(sql)))
  return found
}

async function readRuns(sql: Sql): Promise<Map<string, RunRow>> {
  const rows = await sql<
    RunRow[]
  >`select id, status, next_seq as "nextSeq", epoch::int, output, takeover_seq is not null as "hasLostOwner",
    error ->> 'code' as code, attempts > ${maxAttempts} as "wasReadAlone" from studio.runs`
  return new Map(rows.map((row) => [row.id, row]))
}

async function readLogs(sql: Sql): Promise<Map<string, LogLine[]>> {
  const rows = await sql<{ runId: string; lines: string }[]>`
    select run_id as "runId", lines from studio.run_events order by run_id, first_seq`
  const logs = new Map<string, LogLine[]>()
  for (const { runId, lines } of rows) {
    const log = logs.get(runId) ?? []
    logs.set(runId, log)
    for (const json of lines.split('\n')) {
      log.push({ json, event: JSON.parse(json) as LogLine['event'] })
    }
  }
  return logs
}

/**
 * Checks a log: one terminal event that agrees with the status, no gap or duplicate, one result for each call, and attempts
 * in order.
 */
function checkLog(run: RunRow, log: readonly LogLine[]): string[] {
  const found: string[] = []
  const types = log.map(({ event }) => event.type)
  const ends = types.filter((type) => Object.values(terminalOf).includes(type))
  const terminal = terminalOf[run.status]
  if (terminal === undefined) found.push(`is ${run.status}`)
  else if (ends.length !== 1 || types.at(-1) !== terminal) found.push(`ends with ${ends.join()}`)
  if (log.some(({ event }, index) => event['seq'] !== index)) found.push('has a gap or a duplicate')
  if (log.length !== run.nextSeq) found.push(`has ${log.length} lines of ${run.nextSeq}`)
  const calls = types.flatMap((type, index) =>
    type === 'tool_result' ? [String(log[index]?.event['toolCallId'])] : [],
  )
  if (new Set(calls).size !== calls.length) found.push('has two results of one call')
  const starts = new Map<unknown, number>()
  for (const { event } of log) {
    if (event.type !== 'turn_start') continue
    const attempt = (starts.get(event['turn']) ?? 0) + 1
    starts.set(event['turn'], attempt)
    if ((event['attempt'] ?? 1) !== attempt)
      found.push(`turn ${event['turn']} has a wrong attempt number`)
  }
  return found
}

/** Checks that all runs, lines, transcripts and responses that clients received are stored without a difference. */
function checkAcknowledged(
  ledger: Ledger,
  runs: ReadonlyMap<string, RunRow>,
  logs: ReadonlyMap<string, readonly LogLine[]>,
): string[] {
  const found: string[] = []
  for (const id of ledger.runs) if (!runs.has(id)) found.push(`run ${id} is gone`)
  for (const [key, ids] of ledger.keys) {
    if (ids.size > 1) found.push(`key ${key} started ${ids.size} runs`)
  }
  for (const [runId, lines] of ledger.lines) {
    for (const [seq, json] of lines) {
      const stored = logs.get(runId)?.[seq]?.json
      if (stored !== json) found.push(`run ${runId}: line ${seq} was ${json}, is ${stored}`)
    }
  }
  for (const { runId, lines, history } of ledger.transcripts) {
    const log = logs.get(runId) ?? []
    const differs = lines.findIndex(({ json }, index) => json !== log[index]?.json)
    if (lines.length !== log.length || differs >= 0) {
      const seen = lines.slice(Math.max(differs - 2, 0), differs + 6).map(({ json }) => json)
      const stored = log.slice(Math.max(differs - 2, 0), differs + 6).map(({ json }) => json)
      const what = `saw ${seen.join()} where ${stored.join()} is stored`
      found.push(`run ${runId}: a reader (${history.join()}) ${what}`)
    }
  }
  for (const runId of ledger.replaced) {
    if (!runs.get(runId)?.hasLostOwner)
      found.push(`run ${runId}: lines were repeated without a takeover`)
  }
  for (const { runId, output } of ledger.answers) {
    if (runs.get(runId)?.output !== output)
      found.push(`run ${runId}: the response had a different output`)
  }
  for (const runId of ledger.cancellations) {
    const run = runs.get(runId)
    const isRight = run?.status === 'cancelled' || run?.code === 'crashed'
    if (!isRight) found.push(`run ${runId} was cancelled and is ${run?.status}`)
  }
  return found
}

/** Checks that the text of each message equals its stream, and that every tool call has a result. */
async function checkMessages(
  sql: Sql,
  logs: ReadonlyMap<string, LogLine[]>,
  runs: ReadonlyMap<string, RunRow>,
): Promise<string[]> {
  const rows = await sql<{ runId: string; turn: number; message: StoredMessage }[]>`
    select run_id as "runId", turn, message from studio.run_messages order by run_id, index`
  const found: string[] = []
  const open = new Map<string, Set<string>>()
  for (const { runId, turn, message } of rows) {
    const parts = typeof message.content === 'string' ? [] : message.content
    const calls = open.get(runId) ?? new Set<string>()
    open.set(runId, calls)
    for (const part of parts) {
      if (part.type === 'tool_call') calls.add(String(part.id))
      if (part.type === 'tool_result' && !calls.delete(String(part.id))) {
        found.push(`run ${runId}: a result without a call`)
      }
    }
    const isWhole = (logs.get(runId) ?? []).some(
      ({ event }) => event.type === 'turn_end' && event['turn'] === turn,
    )
    if (message.role !== 'assistant' || !isWhole) continue
    const text = parts.map((part) => part.text ?? '').join('')
    const streamed = streamedText(logs.get(runId) ?? [], turn)
    if (streamed !== '' && streamed !== text)
      found.push(`run ${runId}: turn ${turn} streamed a different text`)
  }
  for (const [runId, calls] of open) {
    if (calls.size > 0 && !runs.get(runId)?.wasReadAlone) {
      found.push(`run ${runId}: ${calls.size} calls without a result`)
    }
  }
  return found
}

interface StoredMessage {
  readonly role: string
  readonly content:
    string | readonly { readonly type: string; readonly text?: string; readonly id?: string }[]
}

function streamedText(log: readonly LogLine[], turn: number): string {
  const events = log.map(({ event }) => event).filter((event) => event['turn'] === turn)
  const start = events.findLastIndex(({ type }) => type === 'turn_start')
  const deltas = events.slice(start).filter(({ type }) => type === 'text_delta')
  return deltas.map((event) => String(event['delta'])).join('')
}

async function checkDecisions(sql: Sql, { decisions }: Ledger): Promise<string[]> {
  const rows = await sql<{ id: string; status: string }[]>`select id, status from studio.approvals`
  const now = new Map(rows.map(({ id, status }) => [id, status]))
  const found = [...decisions].flatMap(([id, status]) =>
    now.get(id) === status ? [] : [`approval ${id} was ${status}, is ${now.get(id)}`],
  )
  const pending = rows.filter(({ status }) => status === 'pending').length
  return pending > 0 ? [...found, `${pending} approvals of ended runs are pending`] : found
}

interface ExecutionRow {
  readonly runId: string
  readonly toolCallId: string
  readonly tool: string
  readonly keys: number
  readonly times: number
  /** How many approvals of the call were granted. */
  readonly approved: number
}

/** Checks that unsafe tools were not repeated, protected tools had an approval, and every finished call really ran. */
async function checkExecutions(sql: Sql, ledger: Ledger): Promise<string[]> {
  const rows = await sql<ExecutionRow[]>`
    select e.run_id as "runId", e.tool_call_id as "toolCallId", e.tool, count(*)::int as times,
      count(distinct e.idempotency_key)::int as keys,
      (select count(*)::int from studio.approvals a where a.run_id = e.run_id
        and a.data ->> 'toolCallId' = e.tool_call_id and a.status = 'approved') as approved
    from tool_executions e group by e.run_id, e.tool_call_id, e.tool`
  const found: string[] = []
  for (const row of rows) {
    const kind: { idempotent?: boolean; approval?: unknown; onUnknown?: string } =
      toolKinds[row.tool as keyof typeof toolKinds]
    const allowed = kind.idempotent ? Infinity : kind.onUnknown === 'ask' ? 1 + row.approved : 1
    const what = `run ${row.runId}: call ${row.toolCallId} of ${row.tool}`
    if (row.times > allowed) found.push(`${what} ran ${row.times} times`)
    if (row.keys !== 1) found.push(`${what} had ${row.keys} keys`)
    if (kind.approval && row.approved === 0) found.push(`${what} ran without an approval`)
    tally(ledger, 'tool executions', row.times)
    if (row.times > 1) tally(ledger, 'tool executions repeated, as allowed', row.times - 1)
  }
  const missing = await sql<{ runId: string; toolCallId: string }[]>`
    select c.run_id as "runId", c.tool_call_id as "toolCallId" from studio.run_tool_calls c
      join studio.runs r on r.id = c.run_id and r.agent_id = 'campaign'
        and (c.state = 'done' or r.attempts <= ${maxAttempts})
    where not (c.data ->> 'isError')::boolean and not exists (select 1 from tool_executions e
      where e.run_id = c.run_id and e.tool_call_id = c.tool_call_id)`
  const [unknown] = await sql<{ count: number }[]>`
    select count(*)::int as count from studio.run_tool_calls where data::text like '%outcome is unknown%'`
  tally(ledger, 'calls whose outcome stayed unknown', unknown?.count ?? 0)
  return [...found, ...missing.map((row) => `run ${row.runId}: ${row.toolCallId} never ran`)]
}

/** Checks that redundant counts agree and that ended runs have no owner and no open call. */
async function checkRows(sql: Sql): Promise<string[]> {
  const rows = await sql<{ what: string }[]>`
    select 'session ' || s.id || ' has a wrong count' as what from studio.sessions s
      where s.message_count <> (select count(*) from studio.run_messages m where m.session_id = s.id)
        or s.message_count <> (select coalesce(max(m.position) + 1, 0) from studio.run_messages m
          where m.session_id = s.id) or s.open_runs <> 0
    union all
    select 'run ' || r.id || ' is owned after its end' from studio.runs r
      where r.owner is not null or r.lease_until is not null or r.wake_at is not null
    union all
    select 'run ' || c.run_id || ' has the open call ' || c.tool_call_id
      from studio.run_tool_calls c join studio.runs r on r.id = c.run_id
      where c.state <> 'done' and r.attempts <= ${maxAttempts}`
  return rows.map(({ what }) => what)
}
