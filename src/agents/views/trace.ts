import { isRecord, type Json, type JsonObject } from '../../lib/json.ts'
import type { Approval, ApprovalStatus } from '../../records/approval.ts'
import { type Message, toolResultText } from '../../records/message.ts'
import type { Run, ToolCall, Turn } from '../../records/run.ts'
import type { Usage } from '../../records/usage.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type {
  ApprovalSpan,
  GenerationSpan,
  Observation,
  RootSpan,
  ToolSpan,
  WireTrace,
} from '../answers/trace-answers.ts'
import type { Tool } from '../tool.ts'
import { createInputs, type GenerationInputs } from './generation-input.ts'
import { elapsedMs, toTraceSummary, traceStatus } from './trace-summary.ts'
import { present, spanIdOf, toTraceRef } from './resources.ts'

/**
 * Shows a whole trace: its input, and its observations in order of their start, with the root first. `before` holds the
 * messages of the session before the run.
 *
 * @see docs/decisions/030-the-journal-is-the-truth.md
 */
export async function toTrace(
  journal: RunJournal,
  agent: Agent | undefined,
  before: readonly Message[] = [],
): Promise<WireTrace> {
  const { run, turns, toolCalls, approvals } = journal
  const tools = new Map(await Promise.all((agent?.tools ?? []).map(readToolDescription)))
  for (const tool of run.input.clientTools ?? [])
    tools.set(...toDescription(tool, tool.inputSchema))
  const turnOf = new Map(toolCalls.map(({ toolCallId, turn }) => [toolCallId, turn]))
  const askedOf = new Map(approvals.map((approval) => [approval.toolCallId, approval]))
  const inputs = createInputs(journal, agent, before)
  // The sort is stable, so equal times keep this order: a turn calls the model, then asks for approval, then calls tools.
  const observations: Observation[] = [
    ...turns.map((turn) => toGeneration(turn, journal, inputs)),
    ...approvals.map((approval) => toApprovalSpan(approval, turnOf.get(approval.toolCallId))),
    ...toolCalls.map((call) =>
      toToolSpan(call, run, {
        tool: tools.get(call.toolName),
        approval: askedOf.get(call.toolCallId),
      }),
    ),
  ].sort(byTurnAndStart)
  return present<WireTrace>({
    ...toTraceSummary(run, agent),
    trace: toTraceRef(run),
    input: present<WireTrace['input']>({
      instructions: agent?.instructions,
      prompt: run.input.prompt,
      history: run.input.history,
    }),
    finishReason: run.endedAt === null ? null : (turns.at(-1)?.finishReason ?? null),
    observations: [toRootSpan(journal, agent), ...observations],
  })
}

function byTurnAndStart(a: Observation, b: Observation): number {
  const turns = (a.turn ?? 0) - (b.turn ?? 0)
  return turns || a.startedAt.localeCompare(b.startedAt)
}

function timing(startedAt: string, endedAt: string | null) {
  const durationMs = endedAt === null ? null : elapsedMs(startedAt, endedAt)
  return { startedAt, endedAt, durationMs }
}

function toRootSpan({ run, turns }: RunJournal, agent: Agent | undefined): RootSpan {
  return present<RootSpan>({
    id: spanIdOf(run.id),
    kind: 'agent',
    name: `invoke_agent ${agent?.name ?? run.agentId}`,
    status: traceStatus[run.status],
    turn: 0,
    ...timing(run.startedAt ?? run.createdAt, run.endedAt),
    error: run.error,
    metadata: present<RootSpan['metadata']>({
      finishReason: run.endedAt === null ? null : turns.at(-1)?.finishReason,
      cancelReason: run.status === 'cancelled' ? run.cancelReason : null,
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.id': run.agentId,
      'gen_ai.agent.name': agent?.name,
      'gen_ai.conversation.id': run.sessionId,
      ...usageAttributes(run.usage),
    }),
  })
}

function usageAttributes(usage: Usage) {
  return {
    'gen_ai.usage.input_tokens': usage.inputTokens,
    'gen_ai.usage.output_tokens': usage.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': usage.cachedInputTokens,
    'gen_ai.usage.cache_creation.input_tokens': usage.cacheCreationInputTokens,
  }
}

function toGeneration(turn: Turn, journal: RunJournal, inputs: GenerationInputs): GenerationSpan {
  const { usage, finishReason } = turn
  const answer = journal.messages.findLast(
    ({ turn: index, message }) =>
      index === turn.turn && message.role === 'assistant' && message.content.length > 0,
  )
  return present<GenerationSpan>({
    id: turn.spanId,
    parentObservationId: spanIdOf(journal.run.id),
    kind: 'generation',
    name: `model.turn.${turn.turn}`,
    status: turn.status,
    turn: turn.turn,
    ...timing(turn.startedAt, turn.endedAt),
    input: inputs.of(turn),
    output: answer && ({ ...answer.message, usage } as GenerationSpan['output']),
    usage,
    error: turn.error,
    events:
      turn.retries.length > 0
        ? turn.retries.map((retry) => ({ type: 'retry' as const, ...retry }))
        : null,
    metadata: present<GenerationSpan['metadata']>({
      provider: turn.provider,
      model: turn.responseModel ?? turn.model,
      requestedModel: turn.model,
      messageId: turn.responseId,
      usage,
      toolCount: turn.toolNames.length,
      toolNames: turn.toolNames,
      historyCount: turn.historyCount,
      firstDeltaMs: turn.firstDeltaMs,
      finishReason,
      'gen_ai.operation.name': 'chat',
      'gen_ai.provider.name': turn.provider,
      'gen_ai.request.model': turn.model,
      'gen_ai.response.model': turn.responseModel,
      'gen_ai.response.id': turn.responseId,
      'gen_ai.response.finish_reasons': finishReason === null ? null : [finishReason],
      ...usageAttributes(usage),
    }),
  })
}

/** An approval that nobody gave is not a success. */
const approvalSpanStatus: Readonly<Record<ApprovalStatus, ApprovalSpan['status']>> = {
  pending: 'running',
  approved: 'success',
  rejected: 'error',
  timed_out: 'error',
  cancelled: 'cancelled',
}

function toApprovalSpan(approval: Approval, turn: number | undefined): ApprovalSpan {
  const { status, requestReason, decisionReason, decidedBy, toolCallId } = approval
  return present<ApprovalSpan>({
    id: spanIdOf(approval.id),
    parentObservationId: spanIdOf(approval.runId),
    kind: 'approval',
    name: approval.toolName,
    status: approvalSpanStatus[status],
    turn,
    ...timing(approval.requestedAt, approval.resolvedAt),
    metadata: present<ApprovalSpan['metadata']>({
      approvalId: approval.id,
      toolCallId,
      callId: toolCallId,
      approvalStatus: status,
      requestReason,
      decisionReason,
      decidedBy,
      clientTool: approval.clientTool,
    }),
  })
}

/** What else is known about a tool call: its tool, and its approval. */
interface CallFacts {
  readonly tool: ToolDescription | undefined
  readonly approval: Approval | undefined
}

function toToolSpan(call: ToolCall, run: Run, { tool, approval }: CallFacts): ToolSpan {
  const { toolCallId } = call
  const output = call.result && parseOutput(toolResultText(call.result))
  // A call that was refused by a person begins, and ends, with the decision. One that the client ran begins with the request.
  const decidedAt = approval?.clientTool ? approval.requestedAt : approval?.resolvedAt
  const startedAt = call.startedAt ?? decidedAt ?? call.plannedAt
  const shown = present<Omit<ToolSpan, 'input' | 'output'>>({
    id: spanIdOf(call.internalCallId),
    parentObservationId: spanIdOf(run.id),
    kind: 'tool',
    name: call.toolName,
    status: call.state === 'done' ? (call.isError ? 'error' : 'success') : 'running',
    turn: call.turn,
    ...timing(startedAt, call.endedAt),
    error: call.isError ? { name: 'ToolError', message: String(output) } : null,
    metadata: present<ToolSpan['metadata']>({
      internalCallId: call.internalCallId,
      toolCallId,
      callId: toolCallId,
      skipped: call.skipped,
      argumentBytes: byteLength(call.input),
      resultBytes: call.result ? byteLength(call.result) : null,
      toolDescription: tool?.description,
      parameterKeys: tool?.parameterKeys,
      requiredParameterKeys: tool?.requiredKeys,
      approvalRequired: call.approvalId !== null,
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.tool.name': call.toolName,
      'gen_ai.tool.call.id': toolCallId,
    }),
  })
  const input = { input: call.input } // null is an input and an output too
  return call.isError || !call.result ? { ...shown, ...input } : { ...shown, ...input, output }
}

interface ToolDescription {
  readonly description: string
  readonly parameterKeys: readonly string[]
  readonly requiredKeys: readonly string[]
}

async function readToolDescription(tool: Tool): Promise<[name: string, ToolDescription]> {
  return toDescription(tool, await tool.describeInput())
}

function toDescription(
  { name, description }: Pick<Tool, 'name' | 'description'>,
  { properties = {}, required }: JsonObject,
): [name: string, ToolDescription] {
  const requiredKeys = Array.isArray(required) ? required.map(String).sort() : []
  const parameterKeys = isRecord(properties) ? Object.keys(properties).sort() : []
  return [name, { description, parameterKeys, requiredKeys }]
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
