import { z } from 'zod'
import { defineAgent, defineTool, Studio } from '../../../src/index.ts'
import type { LanguageModel, LanguageModelCall } from '../../../src/index.ts'
import { scriptedModel, type ScriptedTurn } from '../../../src/testing.ts'

/** The token of the studio that the behaviours call. */
export const token = 'a-token-of-the-matrix'

/** A text whose characters take one to four bytes. */
export const widths = 'a é € 😀 end'

const refund = defineTool({
  name: 'refund',
  description: 'Refunds an order.',
  input: z.object({ cents: z.number().int() }),
  approval: true,
  execute: ({ cents }) => `refunded ${cents}`,
})

/** Answers a prompt of one word, so that each runtime plays the same turns; other prompts are repeated word by word. */
function toTurn({ prompt }: LanguageModelCall): ScriptedTurn {
  const messages = prompt as readonly { role: string; content: unknown }[]
  const asked = messages.findLast(({ role }) => role === 'user')?.content as { text?: string }[]
  const text = asked[0]?.text ?? ''
  const isAnswered = messages.at(-1)?.role === 'tool'
  if (text === 'refund') {
    return isAnswered ? 'Done.' : { toolCall: { name: 'refund', input: { cents: 5 } } }
  }
  if (text === 'fail') return { error: new Error('The model is out of order') }
  if (text === 'hang') return ['begun', { wait: new Promise(() => undefined) }]
  return { deltas: text.split(/(?<= )/) }
}

const play = (call: LanguageModelCall) => scriptedModel([toTurn(call)])

const model: LanguageModel = {
  specificationVersion: 'v3',
  provider: 'matrix',
  modelId: 'prompted',
  doStream: (call) => play(call).doStream(call),
  doGenerate: (call) => play(call).doGenerate(call),
}

/** Creates the studio of the ordinary behaviours, the same in each runtime. */
export function createMatrixStudio(allowedOrigins: readonly string[] = []): Studio {
  const support = defineAgent({ id: 'support', name: 'Support', model, tools: [refund] })
  return new Studio([support], {
    auth: { token },
    allowedOrigins,
    shutdownMs: 0,
    onError: () => undefined,
  })
}
