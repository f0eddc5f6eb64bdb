import { isSecretName } from '../../lib/secret-names.ts'
import type { Json } from '../../lib/json.ts'
import { redactSecrets } from '../../lib/redact.ts'
import { type Message, toolResultText } from '../../records/message.ts'

/** How much of what people and models say leaves the studio. */
export type ContentMode = 'none' | 'redacted' | 'full'

/** The most characters of one attribute that holds contents. Collectors refuse large ones. */
const maxCharacters = 65_536

/** Encodes a value as the JSON text of an attribute; null when contents are not exported, or there are none. */
export function toContent(mode: ContentMode, value: unknown): string | null {
  if (mode === 'none' || value === null || value === undefined) return null
  const shown = mode === 'redacted' ? redact(value) : value
  const text = JSON.stringify(shown)
  if (text === undefined || text.length <= maxCharacters) return text ?? null
  // Cut JSON is no JSON, so what is too long becomes a text that says so.
  return JSON.stringify(`${text.slice(0, maxCharacters / 2)}… (${text.length} characters)`)
}

/** Redacts the secrets in every text of a value, and whatever has the name of a secret. */
function redact(value: unknown): unknown {
  if (typeof value === 'string') return redactSecrets(value)
  if (Array.isArray(value)) return value.map(redact)
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [
      name,
      isSecretName(name) && member !== null ? '[redacted]' : redact(member),
    ]),
  )
}

/** Converts messages to the form of `gen_ai.input.messages`. Files are named and not sent. */
export function toGenAiMessages(messages: readonly Message[]) {
  return messages.map((message) => ({ role: message.role, parts: toParts(message) }))
}

function toParts(message: Message): Record<string, Json | undefined>[] {
  if (message.role === 'system') return [{ type: 'text', content: message.content }]
  if (message.role === 'tool') {
    return message.content.map(({ id, content }) => ({
      type: 'tool_call_response',
      id,
      response: toolResultText(content),
    }))
  }
  return message.content.flatMap((part): Record<string, Json | undefined>[] => {
    if (part.type === 'text') return [{ type: 'text', content: part.text }]
    if (part.type === 'reasoning') return [{ type: 'reasoning', content: part.text }]
    if (part.type === 'tool_call') {
      const { name, arguments: input } = part.function
      return [{ type: 'tool_call', id: part.id, name, arguments: input }]
    }
    return [{ type: 'text', content: `[${part.type}]` }]
  })
}

/** Converts an answer to the form of `gen_ai.output.messages`. */
export function toGenAiOutput(message: Message, finishReason: string | null) {
  return [{ ...toGenAiMessages([message])[0], finish_reason: finishReason ?? 'stop' }]
}
