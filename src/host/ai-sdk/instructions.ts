import { isRecord } from '../../lib/json.ts'

/** The system prompt of an agent: as one text and, where it is more than that, as the messages that the model gets. */
export interface Instructions {
  readonly text: string
  /** Null for a plain text. */
  readonly messages: readonly object[] | null
}

/** Returns the system prompt, or null without one. Adds a fault for anything but texts and system messages. */
export function readInstructions(instructions: unknown, faults: string[]): Instructions | null {
  if (instructions === undefined) return null
  if (typeof instructions === 'string') return { text: instructions, messages: null }
  const messages: readonly unknown[] = Array.isArray(instructions) ? instructions : [instructions]
  const read = messages.flatMap((message) => {
    const isSystem = isRecord(message) && message['role'] === 'system'
    const content = isSystem ? message['content'] : null
    return isSystem && typeof content === 'string' ? [{ ...message, content }] : []
  })
  if (read.length === messages.length && read.length > 0) {
    const text = read.map(({ content }) => content).join('\n\n')
    return text.trim() === '' ? null : { text, messages: read }
  }
  faults.push('instructions: needs a text, a system message, or a list of system messages')
  return null
}
