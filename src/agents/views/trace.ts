import { type Json, type JsonObject, toJson } from '../../lib/json.ts'
import type { Approval } from '../../records/approval.ts'
import { toolResultText } from '../../records/message.ts'
import type { Run, RunMessage, ToolCall, Turn } from '../../records/run.ts'
import type { Usage } from '../../records/usage.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { Tool } from '../tool.ts'
import { elapsedMs, toTraceSummary, traceStatus } from './trace-summary.ts'
import { present } from './resources.ts'

/**
 * Shows a whole trace: its input, and its observations in order of their start, with the root first.
 *
 * @see docs/decisions/030-the-journal-is-the-truth.md
 */
export async function toTrace(journal: RunJournal, agent: Agent | undefined): Promise<JsonObject> {
  const { run, turns, toolCalls, approvals, messages } = journal
  const root = spanIdOf(run.id)
  const tools = new Map(await Promise.all((agent?.tools ?? []).map(readToolDescription)))
  const turnOf = new Map(toolCalls.map(({ toolCallId, turn }) => [toolCallId, turn]))
  // The sort is stable, so equal times keep this order: a turn calls the model, then asks for approval, then calls tools.
  const observations = [
    ...turns.map((turn) => toGeneration(turn, root, messages)),
    ...approvals.map((approval) => toApprovalSpan(approval, root, turnOf.get(approval.toolCallId))),
    ...toolCalls.map((call) => toToolSpan(call, root, tools.get(call.toolName))),
  ].sort(byTurnAndStart)
  return present({
    ...toTraceSummary(run),
    trace: { traceId: run.traceId, observationId: root },
    input: present({
      instructions: agent?.instructions,
      prompt: toJson(run.input.prompt),
      history: toJson(run.input.history),
    }),
    finishReason: run.endedAt === null ? null : (turns.at(-1)?.finishReason ?? null),
    observations: [toRootSpan(run, agent), ...observations],
  })
}

function byTurnAndStart(a: JsonObject, b: JsonObject): number {
  const turns = Number(a['turn']) - Number(b['turn'])
  return turns || String(a['startedAt']).localeCompare(String(b['startedAt']))
}

/** Returns the last 16 hex digits of a random id. The last, because they also differ between the counting ids of tests. */
function spanIdOf(uuid: string): string {
  return uuid.replaceAll('-', '').slice(-16)
}

function timing(startedAt: string, endedAt: string | null) {
  const durationMs = endedAt === null ? undefined : elapsedMs(startedAt, endedAt)
  return { startedAt, endedAt, durationMs }
}

function toRootSpan(run: Run, agent: Agent | undefined): JsonObject {
  return present({
    id: spanIdOf(run.id),
    kind: 'agent',
    name: `invoke_agent ${agent?.name ?? run.agentId}`,
    status: traceStatus[run.status],
    ...timing(run.startedAt ?? run.createdAt, run.endedAt),
    error: run.error && present({ ...run.error }),
    metadata: present({
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.id': run.agentId,
      'gen_ai.agent.name': agent?.name,
      'gen_ai.conversation.id': run.sessionId,
      ...usageAttributes(run.usage),
    }),
  })
}

function usageAttributes(usage: Usage): Record<string, Json> {
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens,
    'gen_ai.usage.cache_creation.input_tokens': usage.cacheCreationInputTokens,
  }
}

function toGeneration(turn: Turn, parent: string, messages: readonly RunMessage[]): JsonObject {
  const answer = messages.find(
    ({ turn: index, message }) =>
      index === turn.turn && message.role === 'assistant' && message.content.length > 0,
  )
  return present({
    id: turn.spanId,
    parentObservationId: parent,
    kind: 'generation',
    name: `model.turn.${turn.turn}`,
    status: turn.status,
    turn: turn.turn,
    ...timing(turn.startedAt, turn.endedAt),
    output: answer && toJson(answer.message),
    error: turn.error && { ...turn.error },
    events:
      turn.retries.length > 0
        ? toJson(turn.retries.map((retry) => ({ type: 'retry', ...retry })))
        : null,
    metadata: present({
      provider: turn.provider,
      model: turn.responseModel ?? turn.model,
      requestedModel: turn.model,
      messageId: turn.responseId,
      usage: toJson(turn.usage),
      toolCount: turn.toolNames.length,
      toolNames: turn.toolNames,
      historyCount: turn.historyCount,
      firstDeltaMs: turn.firstDeltaMs,
      finishReason: turn.finishReason,
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': turn.provider,
      'gen_ai.request.model': turn.model,
      'gen_ai.response.model': turn.responseModel,
      'gen_ai.response.id': turn.responseId,
      'gen_ai.response.finish_reasons': turn.finishReason === null ? null : [turn.finishReason],
      ...usageAttributes(turn.usage),
    }),
  })
}

function toApprovalSpan(approval: Approval, parent: string, turn: number | undefined): JsonObject {
  const { status, requestReason, decisionReason, decidedBy } = approval
  return present({
    id: spanIdOf(approval.id),
    parentObservationId: parent,
    kind: 'approval',
    name: approval.toolName,
    status: status === 'pending' ? 'running' : 'success',
    turn,
    ...timing(approval.requestedAt, approval.resolvedAt),
    metadata: present({
      approvalId: approval.id,
      toolCallId: approval.toolCallId,
      approvalStatus: status,
      requestReason,
      decisionReason,
      decidedBy,
    }),
  })
}

function toToolSpan(call: ToolCall, parent: string, tool: ToolDescription | undefined): JsonObject {
  const output = call.result && parseOutput(toolResultText(call.result))
  const startedAt = call.startedAt ?? call.plannedAt
  return present({
    id: spanIdOf(call.internalCallId),
    parentObservationId: parent,
    kind: 'tool',
    name: call.toolName,
    status: call.state === 'done' ? (call.isError ? 'error' : 'success') : 'running',
    turn: call.turn,
    ...timing(startedAt, call.endedAt),
    input: call.input,
    output: call.isError ? undefined : output,
    error: call.isError ? { name: 'ToolError', message: String(output) } : undefined,
    metadata: present({
      internalCallId: call.internalCallId,
      toolCallId: call.toolCallId,
      skipped: call.skipped,
      argumentBytes: byteLength(call.input),
      resultBytes: call.result ? byteLength(call.result) : undefined,
      toolDescription: tool?.description,
      parameterKeys: tool?.parameterKeys,
      requiredParameterKeys: tool?.requiredKeys,
      approvalRequired: call.approvalId !== null,
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': call.toolName,
      'gen_ai.tool.call.id': call.toolCallId,
    }),
  })
}

interface ToolDescription {
  readonly description: string
  readonly parameterKeys: readonly string[]
  readonly requiredKeys: readonly string[]
}

async function readToolDescription(tool: Tool): Promise<[name: string, ToolDescription]> {
  const { properties = {}, required } = await tool.describeInput()
  const requiredKeys = Array.isArray(required) ? required.map(String).sort() : []
  const parameterKeys = Object.keys(properties as JsonObject).sort()
  return [tool.name, { description: tool.description, parameterKeys, requiredKeys }]
}

function byteLength(value: unknown): number {
  return new TextEncoder().encode(JSON.stringify(value)).length
}

/** Tool results hold JSON as text. A trace shows it parsed where possible. */
function parseOutput(text: string): Json {
  try {
    return JSON.parse(text) as Json
  } catch {
    return text
  }
}
