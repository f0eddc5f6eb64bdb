import type { LanguageModel } from '../agents/model/language-model.ts'

/** Token counts of a scripted turn. Whatever is left out counts as 0. */
export interface ScriptedUsage {
  readonly inputTokens?: number
  readonly outputTokens?: number
  readonly cachedInputTokens?: number
  readonly reasoningTokens?: number
}

/** One step of a scripted model within a turn. */
export type ScriptedPart =
  | { readonly text: string; readonly providerMetadata?: object }
  /** One text, streamed in pieces. */
  | { readonly deltas: readonly string[] }
  | { readonly reasoning: string; readonly providerMetadata?: object }
  | {
      readonly toolCall: {
        readonly name: string
        /** The arguments as JSON. A string is sent as it is, even when it is not valid JSON. */
        readonly input?: unknown
        /** @default 'call-<call>-<place>' */
        readonly id?: string
        readonly providerMetadata?: object
      }
    }
  | { readonly error: unknown }
  /** Pauses until the promise resolves; breaks the stream when it rejects. */
  | { readonly wait: Promise<unknown> }
  /** A finish reason instead of the usual one. False ends the stream without a finish part. */
  | { readonly finish: string | false }
  | { readonly usage: ScriptedUsage }
  /** Any stream part of the specification, sent as it is. */
  | { readonly type: string; readonly [member: string]: unknown }

/** What a scripted stream does in one step. */
export type StreamStep =
  | { readonly part: Readonly<Record<string, unknown>> }
  | { readonly wait: Promise<unknown> }
  | { readonly failure: unknown }

/** Turns a scripted turn into the steps of a stream, including its start and finish. */
export function toStreamSteps(
  parts: readonly (string | ScriptedPart)[],
  { version, call }: { version: LanguageModel['specificationVersion']; call: number },
): StreamStep[] {
  const steps: StreamStep[] = []
  let usage: ScriptedUsage = {}
  let reason: string | false | null = null
  let hasToolCall = false
  parts.forEach((scripted, place) => {
    const part = typeof scripted === 'string' ? { text: scripted } : scripted
    const id = `${call}-${place}`
    if ('type' in part) steps.push({ part })
    else if ('text' in part) steps.push(...toBlock('text', id, [part.text], part))
    else if ('deltas' in part) steps.push(...toBlock('text', id, part.deltas))
    else if ('reasoning' in part) steps.push(...toBlock('reasoning', id, [part.reasoning], part))
    else if ('toolCall' in part) steps.push(...toToolCall(part.toolCall, `call-${id}`))
    else if ('error' in part) steps.push({ failure: part.error })
    else if ('wait' in part) steps.push({ wait: part.wait })
    else if ('usage' in part) usage = part.usage
    else reason = part.finish
    hasToolCall ||= typeof part === 'object' && 'toolCall' in part
  })
  const isFinished =
    reason === false || steps.some((step) => 'part' in step && step.part.type === 'finish')
  if (steps[0] && 'failure' in steps[0]) return steps
  steps.unshift({ part: { type: 'stream-start', warnings: [] } })
  if (isFinished) return steps
  const finish = reason ?? (hasToolCall ? 'tool-calls' : 'stop')
  return [...steps, { part: toFinish(version, finish, usage) }]
}

function toBlock(
  type: 'text' | 'reasoning',
  id: string,
  deltas: readonly string[],
  { providerMetadata }: { readonly providerMetadata?: object } = {},
): StreamStep[] {
  const signed = providerMetadata ? { providerMetadata } : {}
  return [
    { part: { type: `${type}-start`, id } },
    ...deltas.map((delta) => ({ part: { type: `${type}-delta`, id, delta } })),
    { part: { type: `${type}-end`, id, ...signed } },
  ]
}

type ScriptedToolCall = Extract<ScriptedPart, { toolCall: unknown }>['toolCall']

function toToolCall(toolCall: ScriptedToolCall, defaultId: string): StreamStep[] {
  const { name: toolName, input = {}, id = defaultId, providerMetadata } = toolCall
  const text = typeof input === 'string' ? input : JSON.stringify(input)
  const signed = providerMetadata ? { providerMetadata } : {}
  return [
    { part: { type: 'tool-input-start', id, toolName } },
    { part: { type: 'tool-input-delta', id, delta: text } },
    { part: { type: 'tool-input-end', id } },
    { part: { type: 'tool-call', toolCallId: id, toolName, input: text, ...signed } },
  ]
}

function toFinish(
  version: LanguageModel['specificationVersion'],
  reason: string,
  usage: ScriptedUsage,
): Readonly<Record<string, unknown>> {
  const {
    inputTokens: input = 0,
    outputTokens: output = 0,
    cachedInputTokens,
    reasoningTokens,
  } = usage
  if (version === 'v2') {
    const flat = { inputTokens: input, outputTokens: output, totalTokens: input + output }
    return {
      type: 'finish',
      finishReason: reason,
      usage: { ...flat, cachedInputTokens, reasoningTokens },
    }
  }
  return {
    type: 'finish',
    finishReason: { unified: reason, raw: reason },
    usage: {
      inputTokens: {
        total: input,
        noCache: undefined,
        cacheRead: cachedInputTokens,
        cacheWrite: undefined,
      },
      outputTokens: { total: output, text: undefined, reasoning: reasoningTokens },
    },
  }
}
