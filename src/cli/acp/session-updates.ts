/** A piece of content as ACP shows it. */
export type ShownContent =
  | { readonly type: 'text'; readonly text: string }
  | { readonly type: 'image'; readonly data: string; readonly mimeType: string }
  | { readonly type: 'resource_link'; readonly uri: string; readonly name: string }

/** Where a tool call is. A call that waits for a person is `pending`. */
export type CallStatus = 'pending' | 'in_progress' | 'completed' | 'failed'

interface CallFields {
  readonly status?: CallStatus
  readonly rawInput?: unknown
  readonly rawOutput?: unknown
  readonly content?: readonly { readonly type: 'content'; readonly content: ShownContent }[]
}

/** One update of a session, as ACP names it. */
export type SessionUpdate =
  | {
      readonly sessionUpdate: 'user_message_chunk' | 'agent_message_chunk' | 'agent_thought_chunk'
      readonly content: ShownContent
      readonly messageId: string
    }
  | ({
      readonly sessionUpdate: 'tool_call'
      readonly toolCallId: string
      readonly title: string
      readonly name: string
      /** A studio does not know what kind of thing a tool does. */
      readonly kind: 'other'
    } & CallFields)
  | ({ readonly sessionUpdate: 'tool_call_update'; readonly toolCallId: string } & CallFields)
  | { readonly sessionUpdate: 'session_info_update'; readonly title: string }
  | { readonly sessionUpdate: 'notice'; readonly severity: 'warning'; readonly title: string }

/** Shows a text, for the content of a tool call. */
export function textContent(text: string) {
  return [{ type: 'content', content: { type: 'text', text } }] as const
}

/** Makes the first update of a tool call. */
export function toolCallUpdate(
  toolCallId: string,
  name: string,
  fields: CallFields,
): SessionUpdate {
  return { sessionUpdate: 'tool_call', toolCallId, title: name, name, kind: 'other', ...fields }
}

/** Makes a later update of a tool call. */
export function changeOfCall(toolCallId: string, fields: CallFields): SessionUpdate {
  return { sessionUpdate: 'tool_call_update', toolCallId, ...fields }
}

/** A text or an image that a tool returned. */
export interface ResultItem {
  readonly type: string
  readonly text?: string
  readonly data?: string
  readonly mediaType?: string | undefined
}

/** Shows the result of a tool: its items as content, and its JSON, if it is some, as it is. */
export function shownResult(text: string, items: readonly ResultItem[]): CallFields {
  const shown = items.map((item): ShownContent => {
    const { data, mediaType = 'image/png' } = item
    return item.type === 'image' && data !== undefined
      ? { type: 'image', data, mimeType: mediaType }
      : { type: 'text', text: item.text ?? '' }
  })
  const content = shown.length > 0 ? shown.map(toContent) : textContent(text)
  return { rawOutput: toOutput(text), content }
}

const toContent = (content: ShownContent) => ({ type: 'content', content }) as const

/** A text that is no object and no list stays text, because `"17"` may be what the tool returned. */
function toOutput(text: string): unknown {
  if (!text.startsWith('{') && !text.startsWith('[')) return text
  try {
    return JSON.parse(text) as unknown
  } catch {
    return text // for example a long result that was cut
  }
}
