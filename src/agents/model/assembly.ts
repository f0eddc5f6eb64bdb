import type { JsonObject } from '../../lib/json.ts'
import { isRecord, toJson } from '../../lib/json.ts'
import { toWellFormed } from '../../lib/text.ts'
import type { AssistantMessage, ToolCallPart } from '../../records/message.ts'
import { noUsage, type Usage } from '../../records/usage.ts'
import type { ProviderToolCall, Source } from '../answers/shared.ts'
import type { ModelAnswer, ModelCallContext, ModelSink, ModelToolCall } from './call-types.ts'
import type { LanguageModel } from './language-model.ts'
import type { ProviderMetadata } from './provider-metadata.ts'
import { type Finish, toFinishReason, toUsage } from './usage.ts'

type AssistantPart = AssistantMessage['content'][number]

/** A block of text or reasoning that is still growing. */
export interface BlockDraft {
  readonly type: 'text' | 'reasoning'
  readonly id: unknown
  text: string
  metadata: ProviderMetadata | undefined
}

/** A part of an answer under construction. */
export type AnswerDraft =
  | BlockDraft
  | { readonly type: 'tool_call'; readonly call: ModelToolCall }
  /** A call that the provider ran itself. `result` is empty until the provider tells it. */
  | { readonly type: 'hosted_call'; readonly call: ToolCallPart; readonly result: JsonObject }
  | { readonly type: 'image'; readonly part: AssistantPart }

/** An answer under construction: mutable, one per attempt. */
export interface Assembly {
  readonly model: LanguageModel
  readonly sink: ModelSink
  readonly context: ModelCallContext
  /** Null when the time to the first delta is not measured. */
  readonly startedAt: number | null
  /** Parts in order of first appearance. */
  readonly drafts: AnswerDraft[]
  readonly texts: Map<unknown, BlockDraft>
  readonly reasonings: Map<unknown, BlockDraft>
  /** Tool inputs that are still growing, by the provider's id. */
  readonly inputs: Map<unknown, { readonly id: string; readonly name: string }>
  readonly takenIds: Set<string>
  readonly sources: Map<string, Source>
  readonly providerToolCalls: Map<string, ProviderToolCall>
  readonly warnings: string[]
  /** The text that grew last. Nearly every delta belongs to it. */
  text: BlockDraft | null
  /** True once a part of the answer itself has arrived. */
  received: boolean
  firstDeltaMs: number | null
  responseId: string | null
  responseModel: string | null
  finish: (Finish & { readonly reason: unknown }) | null
  error: { readonly error: unknown } | null
}

export function createAssembly(
  model: LanguageModel,
  sink: ModelSink,
  context: ModelCallContext,
  startedAt: number | null,
): Assembly {
  return {
    model,
    sink,
    context,
    startedAt,
    drafts: [],
    texts: new Map(),
    reasonings: new Map(),
    inputs: new Map(),
    takenIds: new Set(),
    sources: new Map(),
    providerToolCalls: new Map(),
    warnings: [],
    text: null,
    received: false,
    firstDeltaMs: null,
    responseId: null,
    responseModel: null,
    finish: null,
    error: null,
  }
}

export function toAnswer(assembly: Assembly): ModelAnswer {
  const { drafts, finish, responseId, responseModel, firstDeltaMs, warnings } = assembly
  const finishReason = toFinishReason(finish?.reason)
  return {
    message: toMessage(assembly, { generation: toGeneration(assembly, finishReason) }),
    toolCalls: drafts.flatMap((draft) => (draft.type === 'tool_call' ? [draft.call] : [])),
    usage: readUsage(assembly),
    finishReason,
    responseId,
    responseModel,
    firstDeltaMs,
    warnings,
  }
}

/** Returns the received part of an unfinished answer, marked as interrupted; null when it has no content. */
export function toPartial(assembly: Assembly): AssistantMessage | null {
  const generation = toGeneration(assembly, readFinishReason(assembly) ?? 'interrupted')
  const message = toMessage(assembly, { interrupted: true, generation })
  return message.content.length > 0 ? message : null
}

/** Returns why the model stopped; null when it did not say so. */
export function readFinishReason({ finish }: Assembly): string | null {
  return finish && toFinishReason(finish.reason)
}

/** Returns the tokens of this attempt. */
export function readUsage({ finish, model }: Assembly): Usage {
  return finish ? toUsage(finish, model.provider) : noUsage
}

function toMessage(assembly: Assembly, studio: JsonObject): AssistantMessage {
  const { responseId: id, drafts } = assembly
  const content = mergeTexts(drafts).flatMap(toPart)
  return { role: 'assistant', content, ...(id ? { id } : {}), metadata: { studio } }
}

function toGeneration(assembly: Assembly, finishReason: string): JsonObject {
  const { model, sources, providerToolCalls } = assembly
  return {
    provider: model.provider,
    model: model.modelId,
    usage: toJson(readUsage(assembly)),
    finishReason,
    ...(sources.size > 0 ? { sources: toJson([...sources.values()]) } : {}),
    ...(providerToolCalls.size > 0
      ? { providerToolCalls: toJson([...providerToolCalls.values()]) }
      : {}),
  }
}

/** Joins adjacent texts: providers split one text into blocks, for example around citations. Blocks with metadata stay apart. */
function mergeTexts(drafts: readonly AnswerDraft[]): AnswerDraft[] {
  const merged: AnswerDraft[] = []
  for (const draft of drafts) {
    const last = merged.at(-1)
    if (isPlainText(draft) && last && isPlainText(last)) {
      merged[merged.length - 1] = { ...last, text: last.text + draft.text }
    } else if (!isPlainText(draft) || draft.text !== '') {
      merged.push(draft)
    }
  }
  return merged
}

function isPlainText(draft: AnswerDraft): draft is BlockDraft {
  return draft.type === 'text' && draft.metadata === undefined
}

function toPart(draft: AnswerDraft): AssistantPart[] {
  if (draft.type === 'tool_call') return [draft.call.part]
  if (draft.type === 'hosted_call') return [toHostedCall(draft)]
  if (draft.type === 'image') return [draft.part]
  const { type, id, metadata } = draft
  const text = toWellFormed(draft.text)
  if (text === '' && (type === 'text' || metadata === undefined)) return []
  const signed = metadata ? { signature: JSON.stringify(metadata) } : {}
  if (type === 'text') return [{ type, text, ...signed }]
  const named = typeof id === 'string' ? { id } : {}
  return [
    { type, text, ...named, ...(metadata ? { content: [{ type: 'text', text, ...signed }] } : {}) },
  ]
}

function toHostedCall({
  call,
  result,
}: Extract<AnswerDraft, { type: 'hosted_call' }>): ToolCallPart {
  const params = isRecord(call.additionalParams) ? call.additionalParams : {}
  return { ...call, additionalParams: { ...params, providerExecuted: true, ...result } }
}
