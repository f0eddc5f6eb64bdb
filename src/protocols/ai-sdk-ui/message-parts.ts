import { present } from '../../agents/views/resources.ts'
import { isRecord, type Json, toJson } from '../../lib/json.ts'
import type { Approval } from '../../records/approval.ts'
import {
  isHostedCall,
  type Message,
  type ToolCallPart,
  type ToolResultItem,
  toolResultText,
  type UserMessage,
} from '../../records/message.ts'
import type { ToolCall } from '../../records/run.ts'
import type { SdkVersion } from './sdk-version.ts'
import { isEdited, toApprovalData, toShownOutput } from './tool-view.ts'
import type { UiPart } from './ui-answers.ts'

/** What is known of the calls of a run, by their ids. */
export interface KnownCalls {
  readonly approvals: ReadonlyMap<string, Approval>
  readonly calls: ReadonlyMap<string, ToolCall>
  readonly isEnded: boolean
  readonly sdk: SdkVersion
}

type ToolPart = Extract<UiPart, { type: 'dynamic-tool' }>
interface Result {
  readonly items: readonly ToolResultItem[]
  readonly isError: boolean
}

/** Shows what a user wrote, with its files as data URLs. */
export function toUserParts({ content }: UserMessage): UiPart[] {
  return content.map((part): UiPart => {
    if (part.type === 'text') return { type: 'text', text: part.text, state: 'done' }
    const { source } = part
    const filename = 'filename' in source ? source.filename : undefined
    const mediaType = 'mediaType' in source ? source.mediaType : undefined
    const file = {
      type: 'file',
      mediaType: mediaType ?? (part.type === 'image' ? 'image/*' : 'text/plain'),
      ...(filename === undefined ? {} : { filename }),
    } as const
    if (source.type === 'url') return { ...file, url: source.url }
    if (source.type === 'base64') return { ...file, url: toDataUrl(file.mediaType, source.data) }
    return { ...file, url: `data:${file.mediaType},${encodeURIComponent(source.text)}` }
  })
}

/** Shows the answers of a run as one message: a step for each, with the results of its calls. */
export function toAnswerParts(messages: readonly Message[], known: KnownCalls): UiPart[] {
  const results = new Map<string, Result>()
  for (const { toolCallId, result, isError } of known.calls.values()) {
    if (result) results.set(toolCallId, { items: result, isError })
  }
  for (const message of messages) {
    if (message.role !== 'tool') continue
    for (const { id, content, isError = false } of message.content) {
      results.set(id, { items: content, isError })
    }
  }
  return messages.flatMap((message): UiPart[] => {
    if (message.role !== 'assistant') return []
    const parts = message.content.flatMap((part): UiPart[] => {
      if (part.type === 'text') return [{ type: 'text', text: part.text, state: 'done' }]
      if (part.type === 'reasoning') return [{ type: 'reasoning', text: part.text, state: 'done' }]
      if (part.type === 'tool_call') return toToolParts(part, results.get(part.id), known)
      const { source } = part
      if (source.type === 'url') return [{ type: 'file', mediaType: 'image/*', url: source.url }]
      const { mediaType, data } = source
      return [{ type: 'file', mediaType, url: toDataUrl(mediaType, data) }]
    })
    return [{ type: 'step-start' }, ...parts]
  })
}

function toDataUrl(mediaType: string, base64: string): string {
  return `data:${mediaType};base64,${base64}`
}

function toToolParts(call: ToolCallPart, result: Result | undefined, known: KnownCalls): UiPart[] {
  const approval = known.approvals.get(call.id)
  const input = approval && isEdited(approval) ? approval.input : call.function.arguments
  const part = { type: 'dynamic-tool', toolName: call.function.name, toolCallId: call.id, input }
  const base = part as Pick<ToolPart, 'type' | 'toolName' | 'toolCallId' | 'input'>
  if (isHostedCall(call)) return [{ ...base, ...hostedState(call), providerExecuted: true }]
  const state = toState(result, known.isEnded)
  if (!approval) return [{ ...base, ...state }]
  if (known.sdk === 5) return [{ ...base, ...state }, toApprovalData(toShown(approval))]
  return [{ ...base, ...approvalState(approval, state, known.sdk) }]
}

type State = Pick<ToolPart, 'state' | 'output' | 'errorText' | 'approval'>

function hostedState({ additionalParams }: ToolCallPart): State {
  const result = isRecord(additionalParams)
    ? (additionalParams['result'] as Json | undefined)
    : null
  return { state: 'output-available', output: result ?? null }
}

function toState(result: Result | undefined, isEnded: boolean): State {
  if (!result) {
    if (!isEnded) return { state: 'input-available' }
    return { state: 'output-error', errorText: 'The run ended before this call had a result' }
  }
  const text = toolResultText(result.items)
  if (result.isError) return { state: 'output-error', errorText: text }
  const isText = result.items.every(({ type }) => type === 'text')
  return { state: 'output-available', output: isText ? toShownOutput(text) : toJson(result.items) }
}

function approvalState(approval: Approval, state: State, sdk: SdkVersion): State {
  const { id, status, decisionReason: reason, requestReason } = approval
  const asked = { id, requestReason: sdk === 7 ? requestReason : null }
  type Shown = NonNullable<ToolPart['approval']>
  if (status === 'pending') {
    return { state: 'approval-requested', approval: present<Shown>(asked) }
  }
  const approved = status === 'approved'
  const decided = present<Shown>({ ...asked, approved, reason })
  if (!approved) return { state: 'output-denied', approval: decided }
  const isOpen = state.state === 'input-available'
  return { ...(isOpen ? { state: 'approval-responded' } : state), approval: decided }
}

function toShown({ decisionReason, requestReason, ...approval }: Approval) {
  return { ...approval, reason: decisionReason ?? requestReason }
}
