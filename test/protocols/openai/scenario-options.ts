import { z } from 'zod'
import { defineAgent, defineTool, type Agent, type StudioOptions } from '../../../src/index.ts'
import { openai } from '../../../src/protocols.ts'
import { type LanguageModelCall, scriptedModel, type ScriptedTurn } from '../../../src/testing.ts'

/** Makes what a studio of the scenarios is made of: an agent that does what the prompt says, and tenants by token. */
export function createScenarioOptions(): Omit<StudioOptions, 'stores'> & {
  readonly agents: readonly Agent[]
} {
  return {
    agents: [createAgent()],
    protocols: [openai()],
    auth({ headers }) {
      const tenant = /^Bearer (\w+)$/.exec(headers.get('authorization') ?? '')?.[1]
      return tenant === undefined ? null : { id: tenant, tenant }
    },
  }
}

const usage = { usage: { inputTokens: 11, outputTokens: 7 } }

function createAgent(): Agent {
  const add = defineTool({
    name: 'add',
    description: 'Adds.',
    input: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => ({ sum: a + b }),
  })
  const refund = defineTool({
    name: 'refund',
    description: 'Refunds.',
    input: z.object({ cents: z.int() }),
    approval: true,
    execute: ({ cents }) => ({ refunded: cents }),
  })
  const model = scriptedModel(Array.from({ length: 50 }, () => answer))
  return defineAgent({ id: 'support', model, tools: [add, refund], retries: 0 })
}

function answer({ prompt }: LanguageModelCall): ScriptedTurn {
  const last = prompt.at(-1) as { role: string }
  const said = JSON.stringify(last)
  if (last.role === 'tool') return ['Done.', usage]
  if (said.includes('think')) return [{ reasoning: 'Hm.' }, 'I thought.', usage]
  if (said.includes('add')) return { toolCall: { name: 'add', input: { a: 1, b: 2 } } }
  if (said.includes('refund')) return { toolCall: { name: 'refund', input: { cents: 50 } } }
  if (said.includes('hang')) return ['Half', { wait: new Promise(() => undefined) }]
  if (said.includes('fail')) return { error: 'out of order' }
  return [{ deltas: ['Hel', 'lo'] }, usage]
}
