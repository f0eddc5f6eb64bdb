import { toolResultText } from '../../records/message.ts'
import type { ToolCall, Turn } from '../../records/run.ts'
import { addUsage, noUsage } from '../../records/usage.ts'
import type { RunJournal } from '../../storage/store.ts'
import { spanIdOf } from '../../agents/views/resources.ts'
import { toContent, toGenAiMessages, toGenAiOutput } from './content.ts'
import { type Segment, segmentAt, toSegments } from './segments.ts'
import {
  assistantText,
  callingSpanOf,
  clientKind,
  internalKind,
  listed,
  type OtlpSpan,
  type SpanContext,
  type SpanSettings,
  systemInstructions,
  toSpan,
  usageOf,
  versionOf,
} from './span-base.ts'

/**
 * Builds the spans of an ended run from its rows: `invoke_agent` for each part between waits for people, `chat` for each
 * model call, `execute_tool` for each tool call. Ids and times come from rows, so that every export is the same.
 */
export function toSpans(journal: RunJournal, settings: SpanSettings): OtlpSpan[] {
  const segments = toSegments(journal)
  const context: SpanContext = {
    ...settings,
    journal,
    segments,
    caller: callingSpanOf(journal.run),
  }
  return [
    ...segments.map((segment, index) => toAgentSpan(context, segment, index)),
    ...journal.turns.map((turn) => toChatSpan(context, turn)),
    ...journal.toolCalls.map((call) => toToolSpan(context, call)),
  ]
}

function toAgentSpan(context: SpanContext, segment: Segment, index: number): OtlpSpan {
  const { journal, segments, agent, caller, content } = context
  const { run } = journal
  const isLast = index === segments.length - 1
  const turns = journal.turns.filter(({ startedAt }) => segmentAt(segments, startedAt) === segment)
  const name = agent?.name ?? run.agentId
  const before = segments[index - 1]
  const failed = isLast && run.status === 'failed' ? run.error : null
  const output = isLast && run.output !== null ? assistantText(run.output) : null
  return toSpan(context, {
    parentSpanId: caller.spanId,
    name: `invoke_agent ${name}`,
    kind: internalKind,
    ...segment,
    errorType: failed?.code ?? null,
    message: failed?.message ?? null,
    attributes: {
      'gen_ai.operation.name': 'invoke_agent',
      'gen_ai.agent.name': name,
      'gen_ai.agent.description': agent?.description,
      'gen_ai.agent.version': versionOf(agent, run),
      'gen_ai.provider.name': journal.turns[0]?.provider,
      'gen_ai.request.model': journal.turns[0]?.model,
      'gen_ai.response.finish_reasons': listed(turns.at(-1)?.finishReason),
      ...usageOf(turns.reduce((sum, { usage }) => addUsage(sum, usage), noUsage)),
      'gen_ai.system_instructions': systemInstructions(content, agent),
      'gen_ai.input.messages':
        index === 0 ? toContent(content, toGenAiMessages([run.input.prompt])) : null,
      'gen_ai.output.messages': output && toContent(content, toGenAiOutput(output, null)),
      'fetch_studio.run.status': isLast ? run.status : 'waiting',
      'fetch_studio.run.tags': run.input.trace?.tags,
    },
    events: [
      ...segment.requested.map(({ id, toolName, requestedAt }) => ({
        at: requestedAt,
        name: 'fetch_studio.approval.requested',
        attributes: { 'fetch_studio.approval.id': id, 'gen_ai.tool.name': toolName },
      })),
      ...segment.resolved.map(({ id, toolName, status, resolvedAt }) => ({
        at: resolvedAt ?? segment.from,
        name: 'fetch_studio.approval.resolved',
        attributes: {
          'fetch_studio.approval.id': id,
          'gen_ai.tool.name': toolName,
          'fetch_studio.approval.status': status,
        },
      })),
    ],
    links: before
      ? [{ spanId: before.spanId, attributes: { 'fetch_studio.link': 'resumed after approval' } }]
      : [],
  })
}

function toChatSpan(context: SpanContext, turn: Turn): OtlpSpan {
  const { journal, segments, agent, content } = context
  const { run, messages } = journal
  const from = turn.startedAt
  const earlier = messages.filter((message) => message.turn < turn.turn)
  const input = [...run.input.history, ...earlier.map(({ message }) => message)]
  const answer = messages.findLast(
    (own) =>
      own.turn === turn.turn && own.message.role === 'assistant' && own.message.content.length > 0,
  )?.message
  const isOpen = turn.status === 'running'
  return toSpan(context, {
    spanId: turn.spanId,
    parentSpanId: segmentAt(segments, from)?.spanId ?? null,
    name: `chat ${turn.model}`,
    kind: clientKind,
    from,
    to: turn.endedAt ?? run.endedAt ?? from,
    errorType: isOpen
      ? 'interrupted'
      : turn.error && (statusText(turn.error.status) ?? turn.error.name),
    message: turn.error?.message ?? null,
    attributes: {
      'gen_ai.operation.name': 'chat',
      'gen_ai.agent.name': agent?.name ?? run.agentId,
      'gen_ai.provider.name': turn.provider,
      'gen_ai.request.model': turn.model,
      'gen_ai.request.stream': run.input.stream || null,
      'gen_ai.response.model': turn.responseModel,
      'gen_ai.response.id': turn.responseId,
      'gen_ai.response.finish_reasons': listed(turn.finishReason),
      'gen_ai.response.time_to_first_chunk':
        turn.firstDeltaMs === null ? null : turn.firstDeltaMs / 1_000,
      ...usageOf(turn.usage),
      'gen_ai.system_instructions': systemInstructions(content, agent),
      'gen_ai.input.messages': toContent(content, toGenAiMessages(input)),
      'gen_ai.output.messages':
        answer && toContent(content, toGenAiOutput(answer, turn.finishReason)),
      'fetch_studio.turn': turn.turn,
    },
    events: turn.retries.map(({ at, delayMs }) => ({
      at,
      name: 'fetch_studio.retry',
      attributes: { 'fetch_studio.retry.delay_ms': delayMs },
    })),
  })
}

function statusText(status: number | undefined): string | null {
  return status === undefined ? null : String(status)
}

function toToolSpan(context: SpanContext, call: ToolCall): OtlpSpan {
  const { journal, segments, agent, content } = context
  const approval = journal.approvals.find(({ toolCallId }) => toolCallId === call.toolCallId)
  // A call that a person refused begins, and ends, with the decision.
  const from = call.startedAt ?? approval?.resolvedAt ?? call.plannedAt
  const refused = approval && ['rejected', 'timed_out', 'cancelled'].includes(approval.status)
  const tool = agent?.tools.find(({ name }) => name === call.toolName)
  return toSpan(context, {
    spanId: spanIdOf(call.internalCallId),
    parentSpanId: segmentAt(segments, from)?.spanId ?? null,
    name: `execute_tool ${call.toolName}`,
    kind: internalKind,
    from,
    to: call.endedAt ?? journal.run.endedAt ?? from,
    errorType:
      call.isError || call.state !== 'done'
        ? refused
          ? `approval_${approval.status}`
          : 'tool_error'
        : null,
    attributes: {
      'gen_ai.operation.name': 'execute_tool',
      'gen_ai.agent.name': agent?.name ?? journal.run.agentId,
      'gen_ai.tool.name': call.toolName,
      'gen_ai.tool.type': 'function',
      'gen_ai.tool.call.id': call.toolCallId,
      'gen_ai.tool.description': tool?.description,
      'gen_ai.tool.call.arguments': toContent(content, call.input),
      'gen_ai.tool.call.result':
        call.result && toContent(content, parsed(toolResultText(call.result))),
      'fetch_studio.approval.id': approval?.id,
      'fetch_studio.approval.status': approval?.status,
      'fetch_studio.turn': call.turn,
    },
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text
  }
}
