import { addUsage, noUsage, type Usage } from '../../records/usage.ts'
import { modelNameOf } from './model-names.ts'
import { backgroundKey, isUnstored, reservedPrefix, type ResponsePart } from './response-part.ts'

/** How far a response has come, in OpenAI's words. */
export type ResponseStatus =
  'queued' | 'in_progress' | 'completed' | 'failed' | 'cancelled' | 'incomplete'

type ItemStatus = 'in_progress' | 'completed' | 'incomplete' | 'failed'

/** A text of the model. */
export interface MessageItem {
  readonly id: string
  readonly type: 'message'
  readonly role: 'assistant'
  readonly status: ItemStatus
  readonly content: readonly OutputText[]
}

export interface OutputText {
  readonly type: 'output_text'
  readonly text: string
  readonly annotations: readonly never[]
  readonly logprobs: readonly never[]
}

/** What the model says of its reasoning. */
export interface ReasoningItem {
  readonly id: string
  readonly type: 'reasoning'
  readonly status: ItemStatus
  readonly summary: readonly { readonly type: 'summary_text'; readonly text: string }[]
}

/** A tool of the agent that ran here. */
export interface CallItem {
  readonly id: string
  readonly type: 'mcp_call'
  readonly server_label: string
  readonly name: string
  readonly arguments: string
  readonly status: ItemStatus
  readonly output: string | null
  readonly error: string | null
  readonly approval_request_id: string | null
}

/** A call that waits for a person. */
export interface ApprovalItem {
  readonly id: string
  readonly type: 'mcp_approval_request'
  readonly server_label: string
  readonly name: string
  readonly arguments: string
}

export type OutputItem = MessageItem | ReasoningItem | CallItem | ApprovalItem

/** The name of the server of all tools: this one. */
export const serverLabel = 'studio'

/** What the events of a response have come to so far. */
export interface ResponseDraft {
  readonly output: OutputItem[]
  status: ResponseStatus
  usage: Usage
  finishReason: string | null
  error: { readonly code: string; readonly message: string } | null
}

export function createDraft(): ResponseDraft {
  return { output: [], status: 'in_progress', usage: noUsage, finishReason: null, error: null }
}

export function addTurnUsage(draft: ResponseDraft, usage: Usage): void {
  draft.usage = addUsage(draft.usage, usage)
}

/** Returns the part of an output message that holds its text. */
export function outputText(text: string): OutputText {
  return { type: 'output_text', text, annotations: [], logprobs: [] }
}

/** Returns the counts of OpenAI's Responses. */
function toWireUsage(usage: Usage) {
  return {
    input_tokens: usage.inputTokens,
    input_tokens_details: { cached_tokens: usage.cachedInputTokens },
    output_tokens: usage.outputTokens,
    output_tokens_details: { reasoning_tokens: usage.details?.['reasoning'] ?? 0 },
    total_tokens: usage.totalTokens,
  }
}

/** Shows a response. What an agent decides by itself is null, as where OpenAI has no value. */
export function toWireResponse(part: ResponsePart, draft: ResponseDraft) {
  const { run, id, previousId } = part
  const { input, sessionId } = run
  return {
    id,
    object: 'response',
    created_at: Math.floor(Date.parse(run.createdAt) / 1000),
    status: draft.status,
    background: input.metadata?.[backgroundKey] === 'true',
    error: draft.error,
    incomplete_details: draft.status === 'incomplete' ? toIncomplete(draft) : null,
    instructions: null,
    conversation: sessionId === null ? null : { id: sessionId },
    max_output_tokens: null,
    metadata: ownMetadata(input.metadata ?? {}),
    model: modelNameOf(run.agentId, input.model),
    output: [...draft.output],
    parallel_tool_calls: true,
    previous_response_id: previousId,
    reasoning: { effort: null, summary: null },
    store: !isUnstored(run),
    temperature: null,
    text: { format: { type: 'text' } },
    tool_choice: 'auto',
    tools: [],
    top_p: null,
    truncation: 'disabled',
    usage: isOver(draft.status) ? toWireUsage(draft.usage) : null,
  } as const
}

/** A response as clients see it. */
export type WireResponse = ReturnType<typeof toWireResponse>

function toIncomplete({ finishReason }: ResponseDraft) {
  const reason = finishReason === 'content-filter' ? 'content_filter' : 'max_output_tokens'
  return { reason }
}

/** Returns true if a response will not change any more. */
export function isOver(status: ResponseStatus): boolean {
  return status !== 'queued' && status !== 'in_progress'
}

/** OpenAI's metadata are texts. A run that was started elsewhere may have others, which are left out. */
function ownMetadata(metadata: Readonly<Record<string, unknown>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(metadata).filter(
      (entry): entry is [string, string] =>
        typeof entry[1] === 'string' && !entry[0].startsWith(reservedPrefix),
    ),
  )
}
