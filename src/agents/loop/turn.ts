import { isoTime } from '../../lib/clock.ts'
import { abortable } from '../../lib/deadline.ts'
import { toJson, type JsonObject } from '../../lib/json.ts'
import type { Message, ToolCallPart } from '../../records/message.ts'
import type { Retry, Run, RunError, ToolCall, Turn } from '../../records/run.ts'
import { addUsage, noUsage } from '../../records/usage.ts'
import { type Ending, limitError, timeoutError } from './end-run.ts'
import {
  callModel,
  type ModelAnswer,
  type ModelRequest,
  type ModelSink,
  type ModelTool,
} from '../model/call.ts'
import { closeHistory } from '../model/messages.ts'
import type { RunEvent } from '../views/events.ts'
import { concludeCall, resultEvent } from './tool-result.ts'
import type { Tool } from '../tool.ts'
import { agentOf, modelOf, reportFailure, type RunState } from './run-state.ts'

/** Makes one model call and records its answer. Returns how the run ends if the call failed, otherwise null. */
export async function runTurn(state: RunState): Promise<Ending | null> {
  const { journal, host } = state
  const agent = agentOf(state)
  const model = modelOf(state)
  const turn = state.turn + 1
  const request = await toRequest(state)
  if (state.signal.aborted) return null // the loop decides what follows
  const retries: Retry[] = []
  const row: Turn = {
    turn,
    attempt: state.attempt,
    spanId: host.ids.hex(16),
    status: 'running',
    startedAt: state.storeTime(),
    endedAt: null,
    firstDeltaMs: null,
    provider: model.provider,
    model: model.modelId,
    responseId: null,
    responseModel: null,
    finishReason: null,
    usage: noUsage,
    historyCount: request.messages.length,
    toolNames: request.tools.map(({ name }) => name),
    retries,
    error: null,
  }
  journal.stage({ turn: row })
  emitStart(state, turn, request)
  // A run that lost its owner asks the model again only once the store is known to take writes.
  if (state.run.attempts > 0) await journal.write()
  const outcome = await callModel(model, request, toSink(state, turn, retries), {
    signal: state.signal,
    clock: host.clock,
    ids: host.ids,
    retries: agent.retries,
    deadline: state.deadline,
    usedToolCallIds: usedIds(state, request),
  })
  const { firstDeltaMs } = outcome.ok ? outcome.answer : outcome
  const ended = { ...row, endedAt: state.storeTime(), firstDeltaMs, retries: [...retries] }
  if (outcome.ok) {
    recordAnswer(state, ended, outcome.answer)
    return null
  }
  const { error, cause, partial, usage, finishReason, refused } = outcome
  state.usage = addUsage(state.usage, usage)
  state.finishReason = finishReason
  journal.stage({ turn: { ...ended, status: 'error', error, usage, finishReason } })
  const reason = state.stopReason()
  if (reason === 'cancelled') return { status: 'cancelled', partial }
  if (reason === 'shutdown' || reason === 'lost' || reason === 'unstorable') return null
  if (reason === null) reportFailure(state, cause)
  const failure = stopError(state) ?? { code: 'model_error', ...error }
  return { status: 'failed', error: failure, partial, refused }
}

/** Why the run had to stop by itself; null if it did not have to. */
export function stopError(state: RunState): RunError | null {
  const reason = state.stopReason()
  if (reason === 'timeout') return timeoutError(state.run)
  return reason === 'full' ? limitError(state) : null
}

/** Returns every id that the next request contains, so that a new call gets another one. */
function usedIds({ toolCalls }: RunState, { messages }: ModelRequest): ReadonlySet<string> {
  const ids = new Set(toolCalls.keys())
  for (const message of messages) {
    if (message.role !== 'assistant') continue
    for (const part of message.content) if (part.type === 'tool_call') ids.add(part.id)
  }
  return ids
}

async function toRequest(state: RunState): Promise<ModelRequest> {
  const { history, messages, run } = state
  const agent = agentOf(state)
  const runMessages = messages.map(({ message }) => message)
  return {
    instructions: agent.instructions,
    messages: closeHistory(
      [...limitHistory(history, agent.maxHistory), ...runMessages],
      modelOf(state).provider,
    ),
    tools: [...(await describeTools(state, agent.tools)), ...describeClientTools(run)],
    stream: run.input.stream,
    settings: agent.settings,
  }
}

/** Returns nothing if the run was stopped before each tool had described its input. */
async function describeTools(state: RunState, tools: readonly Tool[]): Promise<ModelTool[]> {
  const described = tools.map(async (tool) => {
    const { name, description } = tool
    return { name, description, inputSchema: await tool.describeInput() }
  })
  try {
    return await abortable(Promise.all(described), state.signal)
  } catch (error) {
    if (state.signal.aborted) return []
    throw error
  }
}

/** The model reads what the client sent. */
function describeClientTools({ input: { clientTools = [] } }: Run): ModelTool[] {
  return clientTools.map(({ name, description, inputSchema }) => {
    return { name, description, inputSchema: { type: 'object', ...inputSchema } }
  })
}

/** Keeps the last messages of a long conversation, starting at a user message. */
export function limitHistory(
  history: readonly Message[],
  limit: number | null,
): readonly Message[] {
  if (limit === null || history.length <= limit) return history
  const tail = history.slice(-limit)
  const start = tail.findIndex(({ role }) => role === 'user')
  return start < 0 ? [] : tail.slice(start)
}

function emitStart(state: RunState, turn: number, request: ModelRequest): void {
  const { journal, run, attempt, replaces } = state
  const start = {
    type: 'turn_start',
    turn,
    ...(attempt > 1 || replaces ? { attempt } : {}),
  } as const
  if (!run.input.verbose) return journal.emit(start)
  const prompt = request.messages.at(-1)
  const history = request.messages.slice(0, -1)
  journal.emit({ ...start, ...(prompt ? { prompt } : {}), history })
  const { provider, modelId: defaultModel } = modelOf(state)
  journal.emit({
    type: 'generation_start',
    turn,
    request: toJson(request) as JsonObject,
    modelInfo: { provider, defaultModel },
  })
}

/** Encodes deltas by hand, because most events of a stream are deltas and encoding is most of their cost. */
export function toSink({ journal, skewMs }: RunState, turn: number, retries: Retry[]): ModelSink {
  const text = `{"type":"text_delta","turn":${turn},"delta":`
  const reasoning = `{"type":"reasoning_delta","turn":${turn},"delta":`
  const call = `{"type":"tool_call_delta","turn":${turn},"toolCallId":`

  return {
    text: (delta) => journal.delta('text_delta', text + JSON.stringify(delta)),
    reasoning(delta, id) {
      const suffix = id === undefined ? '' : `,"id":${JSON.stringify(id)}`
      journal.delta('reasoning_delta', reasoning + JSON.stringify(delta) + suffix)
    },
    toolCallDelta(id, name, delta) {
      const quoted = JSON.stringify(id)
      const members = `${quoted},"callId":${quoted},"toolName":${JSON.stringify(name)},"delta":`
      journal.delta('tool_call_delta', call + members + JSON.stringify(delta))
    },
    source: (source) => journal.emit({ type: 'source', turn, source }),
    providerToolCall: (call) => journal.emit({ type: 'provider_tool_call', turn, toolCall: call }),
    retry: (retry) => void retries.push({ ...retry, at: isoTime(Date.parse(retry.at) + skewMs) }),
  }
}

/** Stages an answer. Its events become visible when they are stored, so readers never see an answer that gets lost. */
function recordAnswer(state: RunState, row: Turn, answer: ModelAnswer): void {
  const { journal } = state
  const { turn } = row
  const { message, usage, finishReason, responseId, responseModel } = answer
  state.turn = turn
  state.attempt = 1
  state.replaces = false
  state.usage = addUsage(state.usage, usage)
  state.finishReason = finishReason
  state.messages.push({ turn, message })
  const calls = answer.toolCalls.map((call, index) => toPlannedCall(state, call.part, index))
  for (const call of calls) state.toolCalls.set(call.toolCallId, call)
  const toolCalls = calls.map((call, index) => {
    const inputError = answer.toolCalls[index]?.inputError
    return inputError ? concludeCall(state, call, { text: inputError, skipped: true }) : call
  })
  const rejected = toolCalls.filter((call) => call.state === 'done')
  const events = [...answerEvents(state, row, answer), ...rejected.map(resultEvent)]
  const change = {
    turn: { ...row, status: 'success', usage, finishReason, responseId, responseModel },
    messages: [{ turn, message }],
    toolCalls,
    usage: state.usage,
  } as const
  journal.stage(change, events) // the next write follows soon: a tool call, the tools' message, or the end
}

function toPlannedCall(state: RunState, part: ToolCallPart, index: number): ToolCall {
  return {
    toolCallId: part.id,
    internalCallId: state.host.ids.uuid(),
    turn: state.turn,
    index,
    toolName: part.function.name,
    input: part.function.arguments,
    state: 'planned',
    approvalId: null,
    plannedAt: state.storeTime(),
    startedAt: null,
    endedAt: null,
    result: null,
    isError: false,
    skipped: false,
  }
}

function answerEvents({ run }: RunState, { turn }: Turn, answer: ModelAnswer): RunEvent[] {
  const { message, usage, finishReason, responseId, responseModel, firstDeltaMs } = answer
  const calls = answer.toolCalls.map(({ part }) => {
    return { type: 'tool_call', turn, toolCall: { ...part, callId: part.id } } as const
  })
  const end = {
    type: 'turn_end',
    turn,
    usage,
    finishReason,
    ...(firstDeltaMs === null ? {} : { firstDeltaMs }),
    ...(run.input.verbose
      ? { response: toJson({ message, responseId, responseModel }) as JsonObject }
      : {}),
  } as const
  return [...calls, end]
}
