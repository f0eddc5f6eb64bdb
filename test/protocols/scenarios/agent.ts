import { z } from 'zod'
import { type Agent, defineAgent } from '../../../src/agents/agent.ts'
import { defineTool } from '../../../src/agents/tool.ts'
import type { LanguageModelCall } from '../../../src/agents/model/language-model.ts'
import { type ScriptedTurn, scriptedModel } from '../../../src/testing.ts'

const usage = { usage: { inputTokens: 11, outputTokens: 7 } }
const never = new Promise<never>(() => undefined)

/** The `auth` of the scenarios: `Bearer <tenant>` is a caller of that tenant. */
export function readTenant({ headers }: Request) {
  const tenant = /^Bearer (\w+)$/.exec(headers.get('authorization') ?? '')?.[1]
  return tenant === undefined ? null : { id: tenant, tenant }
}

/**
 * Makes the agent `support`, which does what the prompt says: `think`, `add`, `refund`, `pick`, `hang`, `cut` or `fail`. With `hangs`, a
 * `cut` stops in the middle, as in a process that is killed then.
 */
export function createScenarioAgent({ hangs = false } = {}): Agent {
  const refund = defineTool({
    name: 'refund',
    description: 'Refunds an order.',
    input: z.object({ cents: z.number().int() }),
    approval: true,
    execute: ({ cents }) => ({ refunded: cents }),
  })
  const add = defineTool({
    name: 'add',
    description: 'Adds two numbers.',
    input: z.object({ a: z.number(), b: z.number() }),
    execute: ({ a, b }) => ({ sum: a + b }),
  })
  let calls = 0
  const turn = ({ prompt }: LanguageModelCall): ScriptedTurn => {
    if ((prompt.at(-1) as { role?: string } | undefined)?.role === 'tool') return ['Done.', usage]
    const said = JSON.stringify(prompt.at(-1))
    const id = `call-${calls++}`
    if (said.includes('think')) return [{ reasoning: 'Hm.' }, 'I thought.', usage]
    if (said.includes('add')) return { toolCall: { name: 'add', input: { a: 1, b: 2 }, id } }
    if (said.includes('refund')) return { toolCall: { name: 'refund', input: { cents: 50 }, id } }
    if (said.includes('pick')) {
      return { toolCall: { name: 'pick_date', input: { title: 'Delivery' }, id } }
    }
    if (said.includes('hang')) return ['Half', { wait: never }]
    if (said.includes('cut')) return hangs ? ['Half', { wait: never }] : ['Whole ', 'answer', usage]
    if (said.includes('fail')) return { error: 'out of order' }
    return [{ deltas: ['Hel', 'lo'] }, usage]
  }
  const model = scriptedModel(Array.from({ length: 100 }, () => turn))
  return defineAgent({ id: 'support', model, tools: [refund, add], retries: 0 })
}
