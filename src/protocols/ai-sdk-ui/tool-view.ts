import { present } from '../../agents/views/resources.ts'
import type { WireApproval } from '../../agents/answers/approval-answers.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import type { Json } from '../../lib/json.ts'
import type { LoggedEvent } from '../shared/run-events.ts'
import type { SdkVersion } from './sdk-version.ts'
import type { UiChunk } from './ui-answers.ts'

type EventOf<Type extends LoggedEvent['type']> = Extract<LoggedEvent, { type: Type }>
type ToolType = `tool_${string}` & LoggedEvent['type']
/** An event about the call of a tool. */
export type ToolEvent = EventOf<ToolType | 'provider_tool_call'>

/** Translates what happens to the calls of tools. */
export interface ToolView {
  event(event: ToolEvent): UiChunk[]
  /** Ends the calls whose input is incomplete: AI SDK 5 would append what it reads later to them. */
  abandon(): UiChunk[]
  /** Forgets the calls of a step that was taken back. */
  forget(): void
}

const dynamic = true

/** Creates the part of a view that keeps what it knows of each call. */
export function createToolView(sdk: SdkVersion): ToolView {
  /** The name of each call whose input streams. */
  const streaming = new Map<string, string>()
  /** Calls that people refused, whose result is for the model alone. */
  const denied = new Set<string>()
  const hosted = new Set<string>()

  function delta({ toolCallId, toolName, delta: inputTextDelta }: EventOf<'tool_call_delta'>) {
    const chunks: UiChunk[] = []
    if (!streaming.has(toolCallId)) {
      streaming.set(toolCallId, toolName)
      chunks.push({ type: 'tool-input-start', toolCallId, toolName, dynamic })
    }
    chunks.push({ type: 'tool-input-delta', toolCallId, inputTextDelta })
    return chunks
  }
  function result(event: EventOf<'tool_result'>): UiChunk[] {
    const { toolCallId, result: text, structuredResult, isError } = event
    if (denied.has(toolCallId)) return []
    if (isError) return [{ type: 'tool-output-error', toolCallId, errorText: text, dynamic }]
    const output = structuredResult ?? toShownOutput(text)
    return [{ type: 'tool-output-available', toolCallId, output, dynamic }]
  }
  return {
    event(event) {
      if (event.type === 'tool_call_delta') return delta(event)
      if (event.type === 'tool_call') {
        streaming.delete(event.toolCall.id)
        return [toCall(event)]
      }
      if (event.type === 'provider_tool_call') return toHosted(event, hosted)
      if (event.type === 'tool_approval_request') return [request(sdk, event.approval)]
      if (event.type === 'tool_approval_result') {
        const { status, toolCallId } = event.approval
        if (sdk !== 5 && status !== 'approved') denied.add(toolCallId)
        return toDecision(sdk, event.approval)
      }
      if (event.type === 'tool_result') return result(event)
      const { toolCallId, progress: output } = event
      return [{ type: 'tool-output-available', toolCallId, output, dynamic, preliminary: true }]
    },
    abandon() {
      const errorText = 'The call was not completed'
      return [...streaming].map(([toolCallId, toolName]) => {
        return { type: 'tool-input-error', toolCallId, toolName, input: null, errorText, dynamic }
      })
    },
    forget: () => streaming.clear(),
  }
}

function toCall({ toolCall }: EventOf<'tool_call'>): UiChunk {
  const { name: toolName, arguments: input } = toolCall.function
  return { type: 'tool-input-available', toolCallId: toolCall.id, toolName, input, dynamic }
}

/** Of a call that the provider ran by itself the log has its name and state. */
function toHosted({ toolCall }: EventOf<'provider_tool_call'>, hosted: Set<string>): UiChunk[] {
  const { id: toolCallId, name: toolName, status } = toolCall
  const ran = { toolCallId, dynamic, providerExecuted: true } as const
  const chunks: UiChunk[] = []
  if (!hosted.has(toolCallId)) {
    chunks.push({ type: 'tool-input-available', ...ran, toolName, input: null })
  }
  hosted.add(toolCallId)
  if (status === 'done') chunks.push({ type: 'tool-output-available', ...ran, output: null })
  if (status === 'error') {
    chunks.push({ type: 'tool-output-error', ...ran, errorText: 'The tool failed' })
  }
  return chunks
}

function toDecision(sdk: SdkVersion, approval: WireApproval): UiChunk[] {
  if (sdk === 5) return [toApprovalData(approval)]
  const { id: approvalId, toolCallId, toolName, input, status, decisionReason } = approval
  const approved = status === 'approved'
  const chunks: UiChunk[] = []
  if (approved && isEdited(approval)) {
    chunks.push({ type: 'tool-input-available', toolCallId, toolName, input, dynamic })
  }
  if (sdk === 7) {
    const reason = decisionReason === undefined ? {} : { reason: decisionReason }
    chunks.push({ type: 'tool-approval-response', approvalId, approved, ...reason })
  }
  if (!approved) chunks.push({ type: 'tool-output-denied', toolCallId })
  return chunks
}

function request(sdk: SdkVersion, approval: WireApproval): UiChunk {
  if (sdk === 5) return toApprovalData(approval)
  const { id: approvalId, toolCallId, requestReason } = approval
  const reason = sdk === 7 && requestReason !== undefined ? { reason: requestReason } : {}
  return { type: 'tool-approval-request', approvalId, toolCallId, ...reason }
}

type ApprovalData = Extract<UiChunk, { type: 'data-approval' }>
type ShownApproval = Pick<WireApproval, 'id' | 'toolCallId' | 'toolName' | 'status'> & {
  readonly reason?: string | null
  readonly expiresAt?: string | null
}

/** Shows an approval to AI SDK 5, as data. */
export function toApprovalData(approval: ShownApproval): ApprovalData {
  const { id, toolCallId, toolName, status, reason, expiresAt } = approval
  const data = { approvalId: id, toolCallId, toolName, status, reason, expiresAt }
  return { type: 'data-approval', id, data: present<ApprovalData['data']>(data) }
}

/** Did the decision replace the arguments of the model? */
export function isEdited({ args, input }: Pick<WireApproval, 'args' | 'input'>): boolean {
  return canonicalJson(JSON.parse(args)) !== canonicalJson(input)
}

/**
 * Returns the result of a tool as clients show it: an object or a list, if its text is one. Any other text stays text, because
 * `"17"` may be what the tool returned.
 */
export function toShownOutput(text: string): Json {
  if (!text.startsWith('{') && !text.startsWith('[')) return text
  try {
    return JSON.parse(text) as Json
  } catch {
    return text // for example a long result that was cut
  }
}
