import { abortable } from '../../lib/deadline.ts'
import { cancelLater } from '../../lib/foreign-stream.ts'
import { isRecord } from '../../lib/json.ts'
import { acceptContent, acceptPart } from './accept.ts'
import type { AnswerDraft, Assembly } from './assembly.ts'
import type { ModelRequest, ModelSettings } from './call-types.ts'
import type { LanguageModel, LanguageModelCall } from './language-model.ts'
import { readTarget, toPrompt } from './messages.ts'
import type { Stop } from './stop.ts'
import { isUnexplained, toFinishReason } from './usage.ts'

/** Calls the model once and fills the assembly. Returns null when the answer is complete, else the error. */
export async function runAttempt(
  model: LanguageModel,
  request: ModelRequest,
  assembly: Assembly,
  stop: Stop,
): Promise<{ readonly error: unknown } | null> {
  if (stop.stopped) return { error: stop.signal.reason }
  try {
    const described = readTarget(model)
    const target =
      described instanceof Promise ? await abortable(described, stop.signal) : described
    const call = toCall(
      toPrompt(target, request.instructions, request.messages),
      request,
      stop.signal,
    )
    await (request.stream ? stream : generate)(model, call, assembly, stop)
    return toProblem(assembly, request.stream)
  } catch (error) {
    return { error }
  }
}

function toCall(
  prompt: LanguageModelCall['prompt'],
  request: ModelRequest,
  signal: AbortSignal,
): LanguageModelCall {
  const { toolChoice, ...settings } = request.settings
  const call = { ...settings, prompt, abortSignal: signal }
  if (request.tools.length === 0) return call
  const tools = request.tools.map(({ name, description, inputSchema }) => ({
    type: 'function',
    name,
    description,
    inputSchema,
  }))
  return { ...call, tools, toolChoice: toToolChoice(toolChoice) }
}

function toToolChoice(choice: ModelSettings['toolChoice'] = 'auto'): object {
  return typeof choice === 'string' ? { type: choice } : { type: 'tool', ...choice }
}

async function generate(
  model: LanguageModel,
  call: LanguageModelCall,
  assembly: Assembly,
  stop: Stop,
): Promise<void> {
  const result = await abortable(Promise.resolve(model.doGenerate(call)), stop.signal)
  if (!Array.isArray(result?.content)) throw modelError('The model returned no content')
  acceptPart(assembly, { type: 'stream-start', warnings: result.warnings })
  acceptPart(assembly, {
    ...(isRecord(result.response) ? result.response : {}),
    type: 'response-metadata',
  })
  for (const part of result.content) acceptContent(assembly, part)
  acceptPart(assembly, { ...result, type: 'finish' })
}

async function stream(
  model: LanguageModel,
  call: LanguageModelCall,
  assembly: Assembly,
  stop: Stop,
): Promise<void> {
  const opening = Promise.resolve(model.doStream(call))
  // A model that ignores the signal may answer after the call has ended. Cancel that stream, because it has no reader.
  opening.then(
    (late) => stop.stopped && cancelLater(() => late?.stream?.cancel()),
    () => {},
  )
  const opened = await abortable(opening, stop.signal)
  if (typeof opened?.stream?.getReader !== 'function')
    throw modelError('The model returned no stream')
  const reader = opened.stream.getReader()
  let isOpen = true
  const acceptAll = async () => {
    let isReading = false
    try {
      while (!stop.stopped && assembly.error === null) {
        isReading = true
        const part = await reader.read()
        isReading = false
        isOpen = !part.done
        if (part.done || stop.stopped) return
        acceptPart(assembly, part.value)
      }
    } catch (error) {
      if (isReading) isOpen = false
      throw error
    }
  }
  try {
    await untilStop(stop, acceptAll())
  } finally {
    if (isOpen) cancelLater(() => (isOpen ? reader.cancel() : undefined))
  }
}

/**
 * Waits for a task, or until the call stops. A stop leaves what the task waits for alone: a provider that is cancelled in the
 * tick of the abort may reject a promise that nobody holds.
 */
function untilStop(stop: Stop, task: Promise<void>): Promise<void> {
  return new Promise<void>((resolve, reject) => {
    stop.onStop = resolve
    task.then(resolve, reject)
  })
}

/**
 * Returns why an answer is none, or null. An answer that was cut off, filtered, or that ended without text for another
 * reason than `stop` is a failure, streamed or not.
 *
 * @see docs/decisions/024-an-answer-that-is-none.md
 */
function toProblem(
  { error, finish, drafts }: Assembly,
  isStreamed: boolean,
): { readonly error: unknown } | null {
  if (error !== null) return error
  if (finish === null) return { error: cutOff('The model ended its answer without a finish') }
  const reason = toFinishReason(finish.reason)
  if (reason === 'interrupted' || (isStreamed && isUnexplained(finish.reason)))
    return { error: cutOff('The answer of the model was cut off') }
  if (reason === 'error') return { error: modelError('The model ended its answer with an error') }
  if (reason === 'content-filter')
    return { error: modelError('A content filter of the provider stopped the answer') }
  if (reason === 'stop' || reason === 'tool-calls' || drafts.some(isContent)) return null
  return { error: modelError(`The model ended without an answer; its finish reason is ${reason}`) }
}

function isContent(draft: AnswerDraft): boolean {
  return 'text' in draft ? draft.type === 'text' && draft.text.trim() !== '' : true
}

function modelError(message: string): Error {
  return Object.assign(new Error(message), { name: 'ModelError' })
}

/** A new attempt may get the whole answer. */
function cutOff(message: string): Error {
  return Object.assign(modelError(message), { isRetryable: true })
}
