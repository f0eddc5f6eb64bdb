import type {
  LanguageModel,
  LanguageModelCall,
  LanguageModelResult,
} from '../agents/model/language-model.ts'
import { toResult } from './fold-stream.ts'
import { toStreamSteps, type ScriptedPart, type StreamStep } from './scripted-parts.ts'

export type { ScriptedPart, ScriptedUsage } from './scripted-parts.ts'

/** What the model answers in one turn: a text, parts in order, or a function that returns one of these for the call. */
export type ScriptedTurn =
  | string
  | ScriptedPart
  | readonly (string | ScriptedPart)[]
  | ((call: LanguageModelCall) => ScriptedTurn | Promise<ScriptedTurn>)

/** Names and specification version that a scripted model reports. */
export interface ScriptedModelOptions {
  /** Version of the AI SDK's model specification. @default 'v3' */
  readonly specificationVersion?: LanguageModel['specificationVersion']
  /** Name of the provider in traces. @default 'scripted' */
  readonly provider?: string
  /** Name of the model in traces. @default 'scripted-model' */
  readonly modelId?: string
  /** The addresses that the model fetches, as patterns by media type. @default every `http:` and `https:` address */
  readonly supportedUrls?: Record<string, RegExp[]>
}

/** A model that plays its script and records its calls. */
export interface ScriptedModel extends LanguageModel {
  readonly supportedUrls: Record<string, RegExp[]>
  /** Every call so far, in order, including those that failed. */
  readonly calls: readonly LanguageModelCall[]
}

/**
 * Creates a model that plays one turn for each call, streamed or as a whole, through the interface of real models.
 * A call after the last turn fails with `no queued response`. A turn that starts with an `error` fails the call, as an HTTP
 * status 500 would; a later error is part of the stream. A `wait` ignores the abort signal; if its promise rejects, the
 * stream breaks.
 *
 * @example
 * const model = scriptedModel([{ toolCall: { name: 'refund', input: { cents: 5 } } }, 'Done.'])
 */
export function scriptedModel(
  turns: readonly ScriptedTurn[],
  options: ScriptedModelOptions = {},
): ScriptedModel {
  const { specificationVersion = 'v3', provider = 'scripted', modelId = 'scripted-model' } = options
  const { supportedUrls = { '*/*': [/^https?:/] } } = options
  const queue = [...turns] // a copy, so that the caller may change the list
  const calls: LanguageModelCall[] = []

  async function play(call: LanguageModelCall): Promise<ReadableStream<unknown>> {
    const count = calls.push(call)
    let turn = queue[count - 1]
    if (turn === undefined)
      throw new Error(`The scripted model has no queued response for call ${count}`)
    while (typeof turn === 'function') turn = await turn(call)
    const steps = toStreamSteps(typeof turn === 'string' || !isList(turn) ? [turn] : turn, {
      version: specificationVersion,
      call: count,
    })
    if (steps[0] && 'failure' in steps[0]) throw steps[0].failure
    return toStream(steps)
  }

  return {
    specificationVersion,
    provider,
    modelId,
    supportedUrls,
    calls,
    doStream: async (call) => ({ stream: await play(call) }),
    doGenerate: async (call): Promise<LanguageModelResult> => toResult(await play(call)),
  }
}

function isList(
  turn: ScriptedPart | readonly (string | ScriptedPart)[],
): turn is readonly (string | ScriptedPart)[] {
  return Array.isArray(turn)
}

// A stream calls `pull` again only after something was enqueued, so a pause continues with the next step.
function toStream(steps: readonly StreamStep[]): ReadableStream<unknown> {
  let at = 0
  const pull = (controller: ReadableStreamDefaultController<unknown>): void | PromiseLike<void> => {
    const step = steps[at++]
    if (step === undefined) return controller.close()
    if ('wait' in step) return step.wait.then(() => pull(controller))
    controller.enqueue('part' in step ? step.part : { type: 'error', error: step.failure })
  }
  return new ReadableStream({ pull })
}
