import {
  toolResultText,
  type AssistantMessage,
  type Message,
  type ToolResultPart,
  type UserMessage,
} from '../../records/message.ts'
import { readProviderMetadata, readSignature } from './provider-metadata.ts'
import {
  toFilePart,
  toResultImage,
  type PromptPart,
  type SpecificationVersion,
} from './prompt-file.ts'

/** One message of a prompt, in the provider's format. */
export interface PromptMessage {
  readonly role: Message['role']
  readonly content: string | readonly PromptPart[]
}

const converted = {
  v2: new WeakMap<Message, PromptMessage>(),
  v3: new WeakMap<Message, PromptMessage>(),
  v4: new WeakMap<Message, PromptMessage>(),
}

/**
 * Converts a conversation to the prompt of a model. Each message is converted once per version and cached, so a long
 * conversation costs one look-up per message.
 *
 * @param instructions The system prompt; null sends none.
 * @throws TypeError when a file in the conversation has no valid URL.
 */
export function toPrompt(
  version: SpecificationVersion,
  instructions: string | null,
  messages: readonly Message[],
): PromptMessage[] {
  const known = converted[version]
  const prompt: PromptMessage[] = []
  if (instructions !== null) prompt.push({ role: 'system', content: instructions })
  messages.forEach((message, index) => {
    let promptMessage = known.get(message)
    if (promptMessage === undefined) {
      promptMessage = toPromptMessage(version, message, () => namesBefore(messages, index))
      known.set(message, promptMessage)
    }
    prompt.push(promptMessage)
  })
  return prompt
}

function toPromptMessage(
  version: SpecificationVersion,
  message: Message,
  names: () => ReadonlyMap<string, string>,
): PromptMessage {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: message.content }
    case 'user':
      return { role: 'user', content: message.content.map((part) => toUserPart(version, part)) }
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content.flatMap((part) => toAssistantParts(version, part)),
      }
    case 'tool':
      return {
        role: 'tool',
        content: message.content.map((part) => toToolResult(version, part, names)),
      }
  }
}

function toUserPart(
  version: SpecificationVersion,
  part: UserMessage['content'][number],
): PromptPart {
  if (part.type === 'text') return { type: 'text', text: part.text }
  if (part.type === 'image') {
    const file = toImagePart(version, part.source)
    const { detail } = part
    return detail ? { ...file, providerOptions: { openai: { imageDetail: detail } } } : file
  }
  const { source } = part
  // Send a text file as text, because some providers refuse text files.
  if (source.type === 'text') {
    return {
      type: 'text',
      text: source.filename ? `${source.filename}:\n${source.text}` : source.text,
    }
  }
  const file = toFilePart(version, source, source.mediaType)
  return source.filename ? { ...file, filename: source.filename } : file
}

type ImageSource = Extract<UserMessage['content'][number], { type: 'image' }>['source']

function toImagePart(version: SpecificationVersion, source: ImageSource): PromptPart {
  return toFilePart(version, source, source.type === 'base64' ? source.mediaType : 'image/*')
}

function toAssistantParts(
  version: SpecificationVersion,
  part: AssistantMessage['content'][number],
): PromptPart[] {
  switch (part.type) {
    case 'text':
      // Some providers refuse a text block without text.
      return part.text === ''
        ? []
        : [{ type: 'text', text: part.text, ...readSignature(part.signature) }]
    case 'image':
      return [toImagePart(version, part.source)]
    case 'reasoning': {
      if (!part.content) return [{ type: 'reasoning', text: part.text }]
      return part.content.flatMap((piece) => {
        if (piece.type === 'summary') return [{ type: 'reasoning', text: piece.text }]
        if (piece.type !== 'text') return []
        return [{ type: 'reasoning', text: piece.text, ...readSignature(piece.signature) }]
      })
    }
    case 'tool_call':
      return [
        {
          type: 'tool-call',
          toolCallId: part.id,
          toolName: toSafeName(part.function.name),
          input: toToolInput(part.function.arguments),
          ...readProviderMetadata(part.additionalParams),
        },
      ]
  }
}

/** Providers accept only objects. Arguments that could not be parsed are in the error result that follows. */
function toToolInput(input: unknown): unknown {
  return typeof input === 'object' && input !== null && !Array.isArray(input) ? input : {}
}

/** Replaces characters in a name that the model invented: providers would refuse every later call because of them. */
function toSafeName(name: string): string {
  return name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'unnamed_tool'
}

function toToolResult(
  version: SpecificationVersion,
  part: ToolResultPart,
  names: () => ReadonlyMap<string, string>,
): PromptPart {
  return {
    type: 'tool-result',
    toolCallId: part.id,
    toolName: toSafeName(part.toolName ?? names().get(part.id) ?? ''),
    output: toOutput(version, part),
  }
}

function toOutput(version: SpecificationVersion, { content, isError }: ToolResultPart): PromptPart {
  if (isError) return { type: 'error-text', value: toolResultText(content) }
  if (content.every((item) => item.type === 'text')) {
    return { type: 'text', value: toolResultText(content) }
  }
  const value = content.flatMap((item) => {
    if (item.type === 'image') {
      return [toResultImage(version, item.data, item.mediaType ?? 'image/png')]
    }
    return item.text === '' ? [] : [{ type: 'text', text: item.text }]
  })
  return { type: 'content', value }
}

/** Returns tool names by call id, for results that have no name. */
function namesBefore(messages: readonly Message[], index: number): ReadonlyMap<string, string> {
  const names = new Map<string, string>()
  for (const message of messages.slice(0, index)) {
    if (message.role !== 'assistant') continue
    for (const part of message.content) {
      if (part.type === 'tool_call') names.set(part.id, part.function.name)
    }
  }
  return names
}

export { closeHistory, isInterrupted } from './close-history.ts'
