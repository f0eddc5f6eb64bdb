import { isRecord } from '../../lib/json.ts'
import { toWellFormed } from '../../lib/text.ts'
import type { Message } from '../../records/message.ts'
import type { ProviderToolCall, Source } from '../answers/shared.ts'
import type { Assembly } from './assembly.ts'
import { studioOf } from './generation.ts'
import type { StreamPart } from './parts.ts'

// What an answer has besides its content: what the model cites, and the tools that its provider ran.

/** Keeps a source, and shows one that is new. */
export function noteSource({ sources, sink }: Assembly, source: Source): void {
  const key = sourceKey(source)
  if (!sources.has(key)) sink.source(source)
  sources.set(key, source)
}

/** Keeps the state of a tool that the provider runs by itself, and shows it. */
export function noteProviderCall(
  { providerToolCalls, sink }: Assembly,
  { toolCallId, toolName }: StreamPart,
  status: ProviderToolCall['status'],
): void {
  const id = toWellFormed(String(toolCallId))
  const known = providerToolCalls.get(id)
  const name = typeof toolName === 'string' ? toWellFormed(toolName) : (known?.name ?? '')
  const call = { id, name, status }
  providerToolCalls.set(id, call)
  if (known?.status !== status) sink.providerToolCall(call)
}

/** Tells sources apart: by their address, else by their id. */
function sourceKey(source: Source): string {
  return source.type === 'url' ? `url ${source.url}` : `document ${source.id ?? source.filename}`
}

/** Returns what these messages of models cite and which tools their providers ran, each once. */
export function readExtras(messages: readonly Message[]): {
  readonly sources: readonly Source[]
  readonly providerToolCalls: readonly ProviderToolCall[]
} {
  const sources = new Map<string, Source>()
  const calls = new Map<string, ProviderToolCall>()
  for (const message of messages) {
    const { generation } = message.role === 'assistant' ? studioOf(message) : {}
    if (!isRecord(generation)) continue
    // `callModel` wrote both, in these types
    for (const source of listOf<Source>(generation['sources'])) {
      sources.set(sourceKey(source), source)
    }
    for (const call of listOf<ProviderToolCall>(generation['providerToolCalls'])) {
      calls.set(call.id, call)
    }
  }
  return { sources: [...sources.values()], providerToolCalls: [...calls.values()] }
}

function listOf<Item>(value: unknown): readonly Item[] {
  return Array.isArray(value) ? value : []
}
