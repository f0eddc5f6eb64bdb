import { isoTime } from '../../lib/clock.ts'
import type { Approval } from '../../records/approval.ts'
import type { Message } from '../../records/message.ts'
import type { Run, RunMessage, ToolCall } from '../../records/run.ts'
import type { Usage } from '../../records/usage.ts'
import type { ClaimedRun } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { LoopHost, StopReason } from './host.ts'
import type { Journal } from '../log/journal.ts'
import type { Lease } from './lease.ts'
import type { Patiently } from '../log/outage.ts'
import type { ToolContext } from '../tool.ts'

/** A claimed run in progress: what was restored from rows, and what came since. */
export interface Work {
  readonly engine: LoopHost
  readonly run: Run
  readonly journal: Journal
  readonly lease: Lease
  /** Repeats a call while the store is away. */
  readonly patiently: Patiently
  /** Fires when the run must stop; `stopReason` tells why. */
  readonly signal: AbortSignal
  readonly stopReason: () => StopReason | null
  /** The conversation before this run. */
  readonly history: readonly Message[]
  readonly messages: RunMessage[]
  readonly toolCalls: Map<string, ToolCall>
  readonly approvals: Map<string, Approval>
  /** The store's clock minus ours, in milliseconds. */
  readonly skewMs: number
  usage: Usage
  /** The last model call that finished. */
  turn: number
  /** Which attempt at the next model call the next one is. */
  attempt: number
}

/** Restores a run's work from its rows. */
export function restoreWork(
  claimed: ClaimedRun,
  parts: Pick<Work, 'engine' | 'journal' | 'lease' | 'patiently' | 'signal' | 'stopReason'>,
): Work {
  const { history, journal: rows } = claimed
  const finished = rows.turns.filter(({ status }) => status === 'success')
  const begun = rows.turns.find(({ turn }) => turn === finished.length + 1)
  return {
    ...parts,
    run: rows.run,
    history,
    messages: [...rows.messages],
    toolCalls: new Map(rows.toolCalls.map((call) => [call.toolCallId, call])),
    approvals: new Map(rows.approvals.map((approval) => [approval.id, approval])),
    skewMs: claimed.now - parts.engine.clock.now(),
    usage: rows.run.usage,
    turn: finished.length,
    attempt: (begun?.attempt ?? 0) + 1,
  }
}

/**
 * The run's agent.
 *
 * @throws Error when it is not registered here: only cancelled runs are taken up then, and to end one needs no agent.
 */
export function agentOf({ engine, run }: Work): Agent {
  const agent = engine.agents.get(run.agentId)
  if (!agent) throw new Error(`Agent ${run.agentId} is not registered here`)
  return agent
}

/** The time by the store's clock, as rows keep it. */
export function workTime({ engine, skewMs }: Work, plusMs = 0): string {
  return isoTime(engine.clock.now() + skewMs + plusMs)
}

/** The calls of the current turn that have no result yet, in call order. */
export function openCalls(work: Work): ToolCall[] {
  return turnCalls(work).filter(({ state }) => state !== 'done')
}

/** All calls of the current turn, in call order. */
export function turnCalls({ toolCalls, turn }: Work): ToolCall[] {
  return [...toolCalls.values()]
    .filter((call) => call.turn === turn)
    .sort((a, b) => a.index - b.index)
}

/** What a tool and its approval policy are told about a call. */
export function toolContext({ run, signal }: Work, toolCallId: string): ToolContext {
  return {
    signal,
    runId: run.id,
    agentId: run.agentId,
    sessionId: run.sessionId,
    toolCallId,
    idempotencyKey: `${run.id}:${toolCallId}`,
    metadata: run.input.metadata,
  }
}
