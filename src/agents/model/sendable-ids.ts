import {
  type AssistantMessage,
  isHostedCall,
  type Message,
  type ToolCallPart,
} from '../../records/message.ts'
import { isFrom } from './generation.ts'

/** Providers limit the length of an id; 64 characters fit all of them. */
const maxLength = 64

/**
 * Makes the ids of tool calls unique within a conversation and acceptable to every provider, the same in a call and its
 * result. Providers count anew in each run (`call_0`), and a client's history may come from elsewhere. An id that the
 * provider itself gave keeps its characters, because some providers read them. Equal conversations get equal ids.
 *
 * @returns the same messages where no id changes.
 */
export function toSendableIds(messages: readonly Message[], provider: string | null): Message[] {
  const claim = createClaims()
  let waiting = new Map<string, string[]>()
  return messages.map((message) => {
    if (message.role === 'assistant') {
      waiting = new Map()
      const isOwn = provider === null || isFrom(message, provider)
      return renameCalls(message, (part) => {
        const id = isHostedCall(part)
          ? claim(part.id)
          : claim((isOwn ? part.id : toSafeId(part.id)).slice(0, maxLength))
        waiting.set(part.id, [...(waiting.get(part.id) ?? []), id])
        return id
      })
    }
    if (message.role === 'tool') {
      const content = message.content.map((part) => {
        const id = waiting.get(part.id)?.shift() ?? ''
        return id === part.id ? part : { ...part, id }
      })
      return content.every((part, at) => part === message.content[at])
        ? message
        : { ...message, content }
    }
    if (message.role === 'user') waiting = new Map()
    return message
  })
}

function renameCalls(
  message: AssistantMessage,
  rename: (part: ToolCallPart) => string,
): AssistantMessage {
  const content = message.content.map((part) => {
    if (part.type !== 'tool_call') return part
    const id = rename(part)
    return id === part.id ? part : { ...part, id }
  })
  return content.every((part, at) => part === message.content[at])
    ? message
    : { ...message, content }
}

function toSafeId(id: string): string {
  return id.replaceAll(/[^A-Za-z0-9_-]/g, '_')
}

/** Returns a function that gives each id once; one that is taken gets a number. */
function createClaims(): (wanted: string) => string {
  const taken = new Set<string>()
  const counts = new Map<string, number>()
  return (wanted) => {
    const base = wanted === '' ? 'call' : wanted
    let id = base
    for (let count = counts.get(base) ?? 2; taken.has(id); count++) {
      id = `${base.slice(0, maxLength - 8)}_${count}`
      counts.set(base, count + 1)
    }
    taken.add(id)
    return id
  }
}
