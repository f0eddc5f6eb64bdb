import type {
  LanguageModel,
  LanguageModelCall,
  LanguageModelResult,
} from '../agents/model/language-model.ts'
import { toResult } from './fold-stream.ts'
import { toStreamSteps, type ScriptedPart, type StreamStep } from './scripted-parts.ts'

export type { ScriptedPart, ScriptedUsage } from './scripted-parts.ts'

/** What the model says in one turn: a text, parts in order, or a function of the call that gives one of these. */
export type ScriptedTurn =
  | string
  | ScriptedPart
  | readonly (string | ScriptedPart)[]
  | ((call: LanguageModelCall) => ScriptedTurn | Promise<ScriptedTurn>)

/** How a scripted model introduces itself. */
export interface ScriptedModelOptions {
  /** @default 'v3' */
  readonly specificationVersion?: LanguageModel['specificationVersion']
  /** @default 'scripted' */
  readonly provider?: string
  /** @default 'scripted-model' */
  readonly modelId?: string
}

/** A model that plays its script and remembers what it was asked. */
export interface ScriptedModel extends LanguageModel {
  readonly supportedUrls: Record<string, RegExp[]>
  /** Every call so far, in order, failed ones too. */
  readonly calls: readonly LanguageModelCall[]
}

/**
 * Makes a model that plays the given turns, one a call, through the interface of real models, streamed or as a whole.
 * A call after the last turn fails with `no queued response`. An `error` that comes first fails the call, as a
 * status 500 would; a later one comes out of the stream. A `wait` ignores the abort signal;
 * one that rejects breaks the stream.
 */
export function scriptedModel(
  turns: readonly ScriptedTurn[],
  options: ScriptedModelOptions = {},
): ScriptedModel {
  const { specificationVersion = 'v3', provider = 'scripted', modelId = 'scripted-model' } = options
  const queue = [...turns]
  const calls: LanguageModelCall[] = []

  async function play(call: LanguageModelCall): Promise<ReadableStream<unknown>> {
    calls.push(call)
    let turn = queue.shift()
    if (turn === undefined)
      throw new Error(`The scripted model has no queued response for call ${calls.length}`)
    while (typeof turn === 'function') turn = await turn(call)
    const steps = toStreamSteps(typeof turn === 'string' || !isList(turn) ? [turn] : turn, {
      version: specificationVersion,
      call: calls.length,
    })
    if (steps[0] && 'failure' in steps[0]) throw steps[0].failure
    return toStream(steps)
  }

  return {
    specificationVersion,
    provider,
    modelId,
    supportedUrls: {},
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

/** A pull must add something, or nobody pulls again: so a pause goes straight on to the next step. */
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
