import type { Json } from '../../lib/json.ts'
import { isRecord } from '../../lib/json.ts'
import { canonicalJson } from '../../lib/checksum.ts'
import { toWellFormed } from '../../lib/text.ts'
import {
  isHostedCall,
  toolResultText,
  type AssistantMessage,
  type Message,
  type ToolCallPart,
  type ToolResultPart,
  type UserMessage,
} from '../../records/message.ts'
import { readProviderMetadata, readSignature } from './provider-metadata.ts'
import {
  leftOut,
  toFilePart,
  toResultImage,
  type PromptPart,
  type SpecificationVersion,
} from './prompt-file.ts'
import type { PromptMessage, PromptTarget } from './prompt-target.ts'

/**
 * Converts a conversation to the prompt of a model. Each message is converted once per target and cached, so a long
 * conversation costs one look-up per message. The result depends on nothing but the content of the messages: not on the
 * order of keys, which stores may change, because providers find a cached prompt by its bytes.
 *
 * @param instructions The system prompt; null sends none.
 *
 * @see docs/decisions/026-what-goes-to-a-model.md
 */
export function toPrompt(
  target: PromptTarget,
  instructions: string | null,
  messages: readonly Message[],
): PromptMessage[] {
  const { converted } = target
  const prompt: PromptMessage[] = []
  if (instructions !== null) prompt.push({ role: 'system', content: toWellFormed(instructions) })
  messages.forEach((message, index) => {
    let promptMessage = converted.get(message)
    if (promptMessage === undefined) {
      promptMessage = toPromptMessage(target, message, () => namesBefore(messages, index))
      converted.set(message, promptMessage)
    }
    prompt.push(promptMessage)
  })
  return prompt
}

function toPromptMessage(
  target: PromptTarget,
  message: Message,
  names: () => ReadonlyMap<string, string>,
): PromptMessage {
  switch (message.role) {
    case 'system':
      return { role: 'system', content: toWellFormed(message.content) }
    case 'user': {
      const content = message.content.flatMap((part) => toUserParts(target, part))
      // Providers refuse a message without content, and an answer needs a question before it.
      return { role: 'user', content: content.length > 0 ? content : [toText('[empty message]')] }
    }
    case 'assistant':
      return {
        role: 'assistant',
        content: message.content.flatMap((part) => toAssistantParts(target, part)),
      }
    case 'tool':
      return {
        role: 'tool',
        content: message.content.map((part) => toToolResult(target.version, part, names)),
      }
  }
}

function toText(text: string): PromptPart {
  return { type: 'text', text: toWellFormed(text) }
}

/** Providers refuse a text without a visible character. */
function isBlank(text: string): boolean {
  return text.trim() === ''
}

function toUserParts(target: PromptTarget, part: UserMessage['content'][number]): PromptPart[] {
  if (part.type === 'text') return isBlank(part.text) ? [] : [toText(part.text)]
  if (part.type === 'image') {
    const file = toImagePart(target, part.source)
    const { detail } = part
    const isFile = file['type'] === 'file'
    return [
      isFile && detail ? { ...file, providerOptions: { openai: { imageDetail: detail } } } : file,
    ]
  }
  const { source } = part
  // Send a text file as text, because some providers refuse text files.
  if (source.type === 'text') {
    const text = source.filename ? `${source.filename}:\n${source.text}` : source.text
    return isBlank(text) ? [] : [toText(text)]
  }
  const file = toFilePart(target, source, source.mediaType)
  if (file === null) return [leftOut('document')]
  return [source.filename ? { ...file, filename: toWellFormed(source.filename) } : file]
}

type ImageSource = Extract<UserMessage['content'][number], { type: 'image' }>['source']

function toImagePart(target: PromptTarget, source: ImageSource): PromptPart {
  const mediaType = source.type === 'base64' ? source.mediaType : 'image/*'
  return toFilePart(target, source, mediaType) ?? leftOut('image')
}

function toAssistantParts(
  target: PromptTarget,
  part: AssistantMessage['content'][number],
): PromptPart[] {
  switch (part.type) {
    case 'text': {
      const signed = readSignature(part.signature)
      return isBlank(part.text) && !signed.providerOptions
        ? []
        : [{ ...toText(part.text), ...signed }]
    }
    case 'image':
      return [toImagePart(target, part.source)]
    case 'reasoning': {
      if (!part.content) return toReasoning(part.text)
      return part.content.flatMap((piece) => {
        if (piece.type === 'summary') return toReasoning(piece.text)
        return piece.type === 'text' ? toReasoning(piece.text, piece.signature) : []
      })
    }
    case 'tool_call':
      return isHostedCall(part) ? toHostedParts(part) : [toCallPart(part)]
  }
}

function toReasoning(text: string, signature?: string): PromptPart[] {
  const signed = readSignature(signature)
  if (isBlank(text) && !signed.providerOptions) return []
  return [{ type: 'reasoning', text: toWellFormed(text), ...signed }]
}

function toCallPart(part: ToolCallPart): PromptPart {
  return {
    type: 'tool-call',
    toolCallId: part.id,
    toolName: toSafeName(part.function.name),
    input: toToolInput(part.function.arguments),
    ...readProviderMetadata(part.additionalParams),
  }
}

/** A provider wants its own calls back where they stood, each with its result behind it. */
function toHostedParts(part: ToolCallPart): PromptPart[] {
  const params = isRecord(part.additionalParams) ? part.additionalParams : {}
  const call = { ...toCallPart(part), providerExecuted: true }
  if (params.result === undefined) return [call]
  const type = params.isError === true ? 'error-json' : 'json'
  return [
    call,
    {
      type: 'tool-result',
      toolCallId: part.id,
      toolName: toSafeName(part.function.name),
      output: { type, value: sortKeys(params.result) },
      ...readProviderMetadata({ providerMetadata: params.resultMetadata as Json }),
    },
  ]
}

/** Providers accept only objects. Arguments that could not be parsed are in the error result that follows. */
function toToolInput(input: unknown): unknown {
  return isRecord(input) ? sortKeys(input) : {}
}

function sortKeys(value: unknown): unknown {
  return JSON.parse(canonicalJson(value))
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
  if (isError || content.every((item) => item.type === 'text')) {
    const text = toWellFormed(toolResultText(content))
    return { type: isError ? 'error-text' : 'text', value: isBlank(text) ? '[empty]' : text }
  }
  const value = content.flatMap((item) => {
    if (item.type === 'image') {
      return [toResultImage(version, item.data, item.mediaType ?? 'image/png')]
    }
    return isBlank(item.text) ? [] : [toText(item.text)]
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
export { readTarget } from './prompt-target.ts'
