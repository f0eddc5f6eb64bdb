import { z } from 'zod'
import type { LanguageModel, LanguageModelCall } from '../../src/agents/model/language-model.ts'
import { scriptedModel, type ScriptedPart } from '../../src/testing.ts'

const scriptSchema = z.object({
  turns: z.array(
    z.object({
      deltas: z.int().nonnegative(),
      /** The pause between two deltas, in milliseconds. */
      paceMs: z.number().nonnegative(),
      calls: z.array(z.object({ tool: z.string(), ms: z.number() })),
    }),
  ),
})

/** What a model does in a run. It is the run's prompt, as JSON, so that every process that takes the run over repeats it. */
export type Script = z.infer<typeof scriptSchema>
/** One model turn of a script. */
export type ScriptTurn = Script['turns'][number]

/** Creates a model that plays the script in its prompt. It derives the turn from the conversation. */
export function promptedModel(): LanguageModel {
  const play = (call: LanguageModelCall) => {
    const turn = readTurn(call)
    return scriptedModel([[...toParts(turn.script, turn.number)]], { provider: 'campaign' })
  }
  return {
    specificationVersion: 'v3',
    provider: 'campaign',
    modelId: 'prompted',
    doStream: (call) => play(call).doStream(call),
    doGenerate: (call) => play(call).doGenerate(call),
  }
}

interface PromptMessage {
  readonly role: string
  readonly content: readonly { readonly type: string; readonly text?: string }[]
}

function readTurn({ prompt }: LanguageModelCall): { script: ScriptTurn; number: number } {
  const messages = prompt as readonly PromptMessage[]
  const promptIndex = messages.findLastIndex(({ role }) => role === 'user')
  const text = messages[promptIndex]?.content.find(({ type }) => type === 'text')?.text ?? ''
  const { turns } = scriptSchema.parse(JSON.parse(text))
  const number = messages.slice(promptIndex).filter(({ role }) => role === 'assistant').length + 1
  const script = turns[number - 1] ?? { deltas: 1, paceMs: 0, calls: [] }
  return { script, number }
}

/** All pauses of a scripted turn start together, so each includes the ones before it. */
function* toParts({ deltas, paceMs, calls }: ScriptTurn, number: number): Generator<ScriptedPart> {
  const id = 'text'
  yield { type: 'text-start', id }
  for (let index = 0; index < deltas; index++) {
    if (paceMs > 0) yield { wait: sleep(paceMs * (index + 1)) }
    yield { type: 'text-delta', id, delta: `${number}.${index} ` }
  }
  yield { type: 'text-end', id }
  for (const [index, { tool, ms }] of calls.entries()) {
    yield { toolCall: { id: `c${number}-${index}`, name: tool, input: { ms } } }
  }
}

/** Resolves after some milliseconds. */
export function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms))
}
