import { stepCountIs, tool, ToolLoopAgent, type ToolLoopAgentSettings, type ToolSet } from 'ai'
import { z } from 'zod'
import { type HostOptions, hostAgent } from '../../src/host/ai-sdk/index.ts'
import { type ScriptedModel, scriptedModel, type ScriptedTurn } from '../../src/testing.ts'

type Settings = ToolLoopAgentSettings<never, ToolSet>

/** The scripted model as the AI SDK's types name it. */
export function asModel(model: ScriptedModel) {
  return model as unknown as Exclude<Settings['model'], string>
}

/** The tools of a shop as its author wrote them for the AI SDK, and the calls that they have executed. */
export function createShop() {
  const calls: unknown[] = []
  const record = (what: string, input: unknown, options: object) => {
    calls.push({ what, input, options })
  }
  const tools = {
    find_order: tool({
      description: 'Finds an order.',
      inputSchema: z.object({ orderId: z.string() }),
      execute: ({ orderId }, options) => {
        record('find', { orderId }, options)
        return { orderId, status: 'delivered' }
      },
    }),
    refund: tool({
      description: 'Refunds an order.',
      inputSchema: z.object({ orderId: z.string(), cents: z.number().int().positive() }),
      needsApproval: ({ cents }) => cents > 1_000,
      execute: async (input, options) => {
        record('refund', input, options)
        return `refunded ${input.cents}`
      },
    }),
    close_account: tool({
      description: 'Closes an account.',
      inputSchema: z.object({}),
      needsApproval: true,
      execute: (input, options) => {
        record('close', input, options)
        return 'closed'
      },
    }),
  }
  return { tools, calls }
}

/** Hosts a real `ToolLoopAgent` as the agent `support`, with a model that plays these turns. */
export function hostSupport(
  turns: readonly ScriptedTurn[],
  settings: Partial<Settings> = {},
  options: Partial<HostOptions> = {},
) {
  const model = scriptedModel(turns)
  const theirs = new ToolLoopAgent({
    model: asModel(model),
    instructions: 'You help.',
    stopWhen: stepCountIs(5),
    ...settings,
  })
  return { agent: hostAgent(theirs, { id: 'support', ...options }), model, theirs }
}
