import { isoTime } from '../../lib/clock.ts'
import { utf8Length } from '../../lib/utf8-length.ts'
import type { Message } from '../../records/message.ts'
import { maxAttempts } from '../../records/run.ts'
import type { Claimant, ClaimedRun, RunJournal } from '../store.ts'
import { expireApprovals, patchRun, type RunRow, type State } from './state.ts'

/** Takes over a run that is claimable. */
export function claimRun(
  state: State,
  row: RunRow,
  { owner, leaseMs, historyLimit }: Claimant,
): ClaimedRun {
  expireApprovals(state, row)
  row.writes = 0
  const now = state.clock.now()
  patchRun(row, {
    status: 'running',
    epoch: row.run.epoch + 1,
    attempts: row.run.leaseUntil === null ? 0 : row.run.attempts + 1,
    takeoverSeq: row.run.leaseUntil === null ? row.run.takeoverSeq : row.run.nextSeq,
    owner,
    leaseUntil: isoTime(now + leaseMs),
    wakeAt: null,
    startedAt: row.run.startedAt ?? isoTime(now),
  })
  if (row.run.attempts > maxAttempts) return { history: [], journal: toBareJournal(row), now }
  const isOver = row.run.cancelRequestedAt !== null || row.run.attempts === maxAttempts
  const limit = isOver ? 0 : (historyLimit?.(row.run.agentId) ?? Infinity)
  const logBytes = row.log.reduce((sum, { json }) => sum + utf8Length(json), 0)
  return { history: readHistory(state, row, limit), journal: toJournal(row), logBytes, now }
}

function readHistory(state: State, { run, position }: RunRow, limit: number) {
  if (run.sessionId === null) return run.input.history
  const plain = state.sessions.get(run.sessionId)?.plain ?? []
  const end = position ?? plain.length
  return plain.slice(Math.max(0, end - limit), end)
}

function toBareJournal({ run }: RunRow): RunJournal {
  const prompt: Message = { role: 'user', content: [] }
  const input = { ...run.input, prompt, history: [] }
  return { run: { ...run, input }, messages: [], turns: [], toolCalls: [], approvals: [] }
}

/** Copies a run with its parts. */
export function toJournal(row: RunRow): RunJournal {
  return {
    run: row.run,
    messages: [...row.messages],
    turns: [...row.turns.values()],
    toolCalls: [...row.toolCalls.values()],
    approvals: [...row.approvals.values()],
  }
}

/** May a claimant with these agents take this run over? Cancelled runs need no agent, only an end. */
export function isFor({ agents }: Pick<Claimant, 'agents'>, { run }: RunRow): boolean {
  return agents.has(run.agentId) || run.cancelRequestedAt !== null
}
