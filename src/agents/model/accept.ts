import { redactText } from '../../lib/redact.ts'
import { toWellFormed } from '../../lib/text.ts'
import type { Assembly, BlockDraft } from './assembly.ts'
import { noteProviderCall, noteSource } from './extras.ts'
import {
  readHostedResult,
  readImage,
  readSource,
  readToolCall,
  readWarning,
  type StreamPart,
} from './parts.ts'
import { toProviderMetadata } from './provider-metadata.ts'

/**
 * Adds one stream part to the answer. Parts of unknown type are ignored.
 *
 * @throws TypeError for a malformed part.
 */
export function acceptPart(assembly: Assembly, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw malformed()
  const part = value as StreamPart
  switch (part.type) {
    case 'text-delta':
      return appendText(assembly, part)
    case 'text-start':
      return void openText(assembly, part)
    case 'text-end':
      return closeText(assembly, part)
    case 'reasoning-delta':
      return appendReasoning(assembly, part)
    case 'reasoning-start':
    case 'reasoning-end':
      return void openReasoning(assembly, part)
    case 'tool-input-start':
      return openInput(assembly, part)
    case 'tool-input-delta':
      return appendInput(assembly, part)
    case 'tool-call':
      return acceptToolCall(assembly, part)
    case 'tool-result':
      return acceptProviderResult(assembly, part)
    case 'file':
    case 'source':
      return acceptExtra(assembly, part)
    default:
      return acceptAbout(assembly, part)
  }
}

/**
 * Adds one part of an answer that was not streamed. The sink gets it as one delta.
 *
 * @throws TypeError for a malformed part.
 */
export function acceptContent(assembly: Assembly, value: unknown): void {
  if (typeof value !== 'object' || value === null) throw malformed()
  const part = value as StreamPart
  const { type, text: delta, providerMetadata } = part
  if (type === 'text') {
    appendText(assembly, { delta, providerMetadata })
    closeText(assembly, {})
  } else if (type === 'reasoning') {
    appendReasoning(assembly, { delta, providerMetadata })
    assembly.reasonings.clear()
  } else {
    if (type === 'tool-call') {
      openInput(assembly, { ...part, id: part.toolCallId })
      if (typeof part.input === 'string')
        appendInput(assembly, { id: part.toolCallId, delta: part.input })
    }
    acceptPart(assembly, part)
  }
}

function openText(assembly: Assembly, part: StreamPart): BlockDraft {
  let draft = assembly.texts.get(part.id)
  if (draft === undefined) {
    draft = { type: 'text', id: part.id, text: '', metadata: undefined }
    assembly.texts.set(part.id, draft)
    assembly.drafts.push(draft)
    assembly.received = true
  }
  draft.metadata = toProviderMetadata(part.providerMetadata) ?? draft.metadata
  return (assembly.text = draft)
}

function appendText(assembly: Assembly, part: StreamPart): void {
  let draft = assembly.text
  if (draft === null || draft.id !== part.id || part.providerMetadata !== undefined) {
    draft = openText(assembly, part)
  }
  const { delta } = part
  if (typeof delta !== 'string') throw malformed()
  if (delta === '') return
  draft.text += delta
  if (assembly.firstDeltaMs === null) measure(assembly)
  assembly.sink.text(delta)
}

function closeText(assembly: Assembly, part: StreamPart): void {
  if (assembly.texts.has(part.id)) openText(assembly, part)
  assembly.texts.delete(part.id)
  assembly.text = null
}

function openReasoning(assembly: Assembly, part: StreamPart): BlockDraft {
  let draft = assembly.reasonings.get(part.id)
  if (draft === undefined) {
    draft = { type: 'reasoning', id: part.id, text: '', metadata: undefined }
    assembly.reasonings.set(part.id, draft)
    assembly.drafts.push(draft)
    assembly.received = true
  }
  if (part.providerMetadata !== undefined) {
    draft.metadata = toProviderMetadata(part.providerMetadata) ?? draft.metadata
  }
  return draft
}

function appendReasoning(assembly: Assembly, part: StreamPart): void {
  const draft = openReasoning(assembly, part)
  const { delta, id } = part
  if (typeof delta !== 'string') throw malformed()
  if (delta === '') return
  draft.text += delta
  if (assembly.firstDeltaMs === null) measure(assembly)
  assembly.sink.reasoning(delta, typeof id === 'string' ? id : undefined)
}

/** Announces a call, except one that the provider executes itself. */
function openInput(assembly: Assembly, part: StreamPart): void {
  assembly.received = true
  if (part.providerExecuted === true) return
  const name = readName(part)
  assembly.inputs.set(part.id, { id: claimId(assembly, part.id, name), name })
}

function appendInput(assembly: Assembly, part: StreamPart): void {
  const input = assembly.inputs.get(part.id)
  const { delta } = part
  if (input === undefined || delta === '') return
  if (typeof delta !== 'string') throw malformed()
  if (assembly.firstDeltaMs === null) measure(assembly)
  assembly.sink.toolCallDelta(input.id, input.name, delta)
}

/**
 * Ids that a store can index and every provider takes back. Some providers carry whole signatures in an id; those must have
 * another place for them, because ids of thousands of characters fit no index.
 */
const usableId = /^[\x21-\x7e]{1,64}$/

/** Returns the provider's id, or a fresh one when that is unusable, taken or belongs to a call without a name. */
function claimId({ context, takenIds }: Assembly, providerId: unknown, name: string): string {
  const isUsable =
    typeof providerId === 'string' &&
    usableId.test(providerId) &&
    name !== '' &&
    !takenIds.has(providerId) &&
    !context.usedToolCallIds.has(providerId)
  const id = isUsable ? providerId : `call_${context.ids.hex(16)}`
  takenIds.add(id)
  return id
}

function acceptToolCall(assembly: Assembly, part: StreamPart): void {
  assembly.received = true
  const { toolCallId } = part
  const name = readName(part)
  if (part.providerExecuted === true) return acceptHostedCall(assembly, part, name)
  const id = assembly.inputs.get(toolCallId)?.id ?? claimId(assembly, toolCallId, name)
  assembly.inputs.delete(toolCallId)
  assembly.drafts.push({ type: 'tool_call', call: readToolCall(part, id, name) })
}

function readName({ toolName }: StreamPart): string {
  return typeof toolName === 'string' ? toWellFormed(toolName) : ''
}

/** Keeps a call that the provider runs itself at its place: the reasoning before it is refused without it. */
function acceptHostedCall(assembly: Assembly, part: StreamPart, name: string): void {
  noteProviderCall(assembly, { ...part, toolName: name }, 'running')
  const id = String(part.toolCallId)
  const call = readToolCall(part, id, name).part
  assembly.drafts.push({ type: 'hosted_call', call, result: {} })
}

function acceptProviderResult(assembly: Assembly, part: StreamPart): void {
  assembly.received = true
  if (part.preliminary === true) return
  noteProviderCall(assembly, part, part.isError === true ? 'error' : 'done')
  const at = assembly.drafts.findLastIndex(
    (draft) => draft.type === 'hosted_call' && draft.call.id === String(part.toolCallId),
  )
  const draft = assembly.drafts[at]
  if (draft?.type === 'hosted_call')
    assembly.drafts[at] = { ...draft, result: readHostedResult(part) }
}

function acceptExtra(assembly: Assembly, part: StreamPart): void {
  assembly.received = true
  const source = part.type === 'source' ? readSource(part) : null
  if (source) noteSource(assembly, source)
  const image = part.type === 'file' ? readImage(part) : null
  if (image) assembly.drafts.push({ type: 'image', part: image })
}

/** Takes parts about the answer. They do not count as received, so a failure after them may still be retried. */
function acceptAbout(assembly: Assembly, part: StreamPart): void {
  if (part.type === 'finish') {
    const { finishReason: reason, usage, providerMetadata } = part
    assembly.finish = { reason, usage, providerMetadata }
  } else if (part.type === 'error') {
    assembly.error = { error: part.error }
  } else if (part.type === 'response-metadata') {
    if (typeof part.id === 'string') assembly.responseId = part.id
    if (typeof part.modelId === 'string') assembly.responseModel = part.modelId
  } else if (part.type === 'stream-start' && Array.isArray(part.warnings)) {
    assembly.warnings.push(...part.warnings.map((warning) => redactText(readWarning(warning))))
  }
}

function measure(assembly: Assembly): void {
  const { startedAt, context } = assembly
  if (startedAt !== null) assembly.firstDeltaMs = Math.max(0, context.clock.now() - startedAt)
}

function malformed(): TypeError {
  return new TypeError('The model sent a malformed part')
}
