import { isoTime } from '../../lib/clock.ts'
import { parseTraceparent, toTraceparent } from '../../records/trace-context.ts'
import type { Approval } from '../../records/approval.ts'
import type { Message } from '../../records/message.ts'
import type { ClientTool, Run, RunMessage, ToolCall, Turn } from '../../records/run.ts'
import type { Usage } from '../../records/usage.ts'
import type { ClaimedRun } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { LanguageModel } from '../model/language-model.ts'
import type { LoopHost, StopReason } from './host.ts'
import type { Journal } from '../log/journal.ts'
import type { Lease } from './lease.ts'
import type { OutageRetry } from '../log/outage.ts'
import { type ToolContext, toToolContext } from '../tool-context.ts'
import type { Tool } from '../tool.ts'
import { spanIdOf } from '../views/resources.ts'

/** A claimed run in progress: what was restored from its rows, and what was added since. */
export interface RunState {
  readonly host: LoopHost
  readonly run: Run
  readonly journal: Journal
  readonly lease: Lease
  readonly retryOutage: OutageRetry
  /** Aborts when the run must stop. `stopReason` says why. */
  readonly signal: AbortSignal
  readonly stopReason: () => StopReason | null
  /** Returns the time of the store's clock, plus some milliseconds, as rows keep it. */
  readonly storeTime: (plusMs?: number) => string
  /** The store's clock minus the clock of this process, in milliseconds. */
  readonly skewMs: number
  /** The conversation before this run. */
  readonly history: readonly Message[]
  readonly messages: RunMessage[]
  readonly toolCalls: Map<string, ToolCall>
  readonly approvals: Map<string, Approval>
  usage: Usage
  /** Why the model stopped in the last turn; null while it has not said so. */
  finishReason: string | null
  /** When the time limit of the run ends, in milliseconds since 1970 by the clock of this process; null for no limit. */
  readonly deadline: number | null
  /** True while the last event of the log says that the run waits. Null until somebody has looked. */
  isWaiting: boolean | null
  /** The number of the last model call that finished. */
  turn: number
  /** The number of the next attempt at the next model call, from 1. */
  attempt: number
  /** The last turn that finished; null before the first one. */
  lastTurn: Turn | null
  /** The row of a turn that began under an earlier claim and did not finish; null without one. */
  readonly unfinished: Turn | null
  /** True while the next turn starts where a lost owner may have shown entries that it never stored. */
  replaces: boolean
}

/** The parts of a run's state that come from the process and not from rows. */
export type RunTools = Pick<
  RunState,
  'host' | 'journal' | 'lease' | 'retryOutage' | 'signal' | 'stopReason'
>

/** Restores the state of a run from its rows. */
export function restoreState(claimed: ClaimedRun, tools: RunTools): RunState {
  const { history, journal: rows } = claimed
  const finished = rows.turns.filter(({ status }) => status === 'success')
  const unfinished = rows.turns.find(({ turn }) => turn === finished.length + 1)
  const { clock } = tools.host
  const { timeoutMs } = rows.run.input
  const skewMs = claimed.now - clock.now()
  return {
    ...tools,
    run: rows.run,
    skewMs,
    storeTime: (plusMs = 0) => isoTime(clock.now() + skewMs + plusMs),
    history,
    messages: [...rows.messages],
    toolCalls: new Map(rows.toolCalls.map((call) => [call.toolCallId, call])),
    approvals: new Map(rows.approvals.map((approval) => [approval.id, approval])),
    usage: rows.run.usage,
    finishReason: finished.at(-1)?.finishReason ?? null,
    deadline: timeoutMs === null ? null : clock.now() + timeoutMs,
    isWaiting: null,
    turn: finished.length,
    lastTurn: finished.at(-1) ?? null,
    unfinished: unfinished ?? null,
    attempt: (unfinished?.attempt ?? 0) + 1,
    replaces: rows.run.takeoverSeq === rows.run.nextSeq,
  }
}

/**
 * Returns the run's agent.
 *
 * @throws Error if it is not registered here. Such a run is claimed only to be cancelled, which needs no agent.
 */
export function agentOf({ host, run }: Pick<RunState, 'host' | 'run'>): Agent {
  const agent = host.agents.get(run.agentId)
  if (!agent) throw new Error(`Agent ${run.agentId} is not registered here`)
  return agent
}

/**
 * Returns the model of the run: the one that its request named, else the agent's.
 *
 * @throws Error if the agent has no model of this name in this process.
 */
export function modelOf(state: Pick<RunState, 'host' | 'run'>): LanguageModel {
  const { model, models } = agentOf(state)
  const { agentId, input } = state.run
  if (input.model === undefined) return model
  const named = models.get(input.model)
  if (!named) throw new Error(`Agent ${agentId} has no model ${JSON.stringify(input.model)} here`)
  return named
}

/** Returns the tool of a call, if the run's agent has it. */
export function findTool(
  state: Pick<RunState, 'host' | 'run'>,
  { toolName }: ToolCall,
): Tool | undefined {
  return agentOf(state).tools.find(({ name }) => name === toolName)
}

/** Returns the tool of a call, if the run's client runs it. */
export function findClientTool(
  { run }: Pick<RunState, 'run'>,
  { toolName }: ToolCall,
): ClientTool | undefined {
  return run.input.clientTools?.find(({ name }) => name === toolName)
}

/** Reports a failure of a user's code, as it was thrown, with the run and the tool call that it belongs to. */
export function reportFailure(
  { host, run }: Pick<RunState, 'host' | 'run'>,
  error: unknown,
  call?: Pick<ToolCall, 'toolName' | 'toolCallId'>,
): void {
  const { id: runId, agentId } = run
  const about = call ? { tool: call.toolName, toolCallId: call.toolCallId } : {}
  host.onError(error, undefined, { runId, agentId, ...about })
}

/** Returns the calls of the current turn that have no result yet, in call order. */
export function openCalls(state: Pick<RunState, 'toolCalls' | 'turn'>): ToolCall[] {
  return turnCalls(state).filter((call) => call.state !== 'done')
}

/** Returns all calls of the current turn, in call order. */
export function turnCalls({ toolCalls, turn }: Pick<RunState, 'toolCalls' | 'turn'>): ToolCall[] {
  return [...toolCalls.values()]
    .filter((call) => call.turn === turn)
    .sort((a, b) => a.index - b.index)
}

/** Returns what the tool of a call and its approval policy learn about the call. */
export function toCallContext(run: Run, call: ToolCall, signal: AbortSignal): ToolContext {
  const { id: runId, agentId, sessionId, input } = run
  const { toolCallId } = call
  const traceId = parseTraceparent(input.traceparent)?.traceId ?? run.traceId
  const traceparent = toTraceparent({ traceId, spanId: spanIdOf(call.internalCallId) })
  const { metadata } = input
  return toToolContext({ runId, agentId, sessionId, toolCallId, metadata, traceparent }, signal)
}
