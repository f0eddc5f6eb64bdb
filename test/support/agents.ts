import { z } from 'zod'
import { type AgentSpec, defineAgent } from '../../src/agents/agent.ts'
import type { ApprovalSpec } from '../../src/agents/approval-policy.ts'
import { defineTool, type Tool } from '../../src/agents/tool.ts'
import { type ScriptedTurn, scriptedModel } from '../../src/testing.ts'

/** A promise and the two ways to settle it. */
export interface Gate {
  readonly opened: Promise<void>
  open(): void
  break(error: unknown): void
}

/** A gate: code waits at it until the test opens it. */
export function createGate(): Gate {
  let open = (): void => undefined
  let fail = (_error: unknown): void => undefined
  const opened = new Promise<void>((resolve, reject) => {
    open = resolve
    fail = reject
  })
  opened.catch(() => undefined)
  return { opened, open: () => open(), break: (error) => fail(error) }
}

/** Defines the agent `support` with a scripted model that plays these turns. */
export function createSupport(turns: readonly ScriptedTurn[], spec: Partial<AgentSpec> = {}) {
  const model = scriptedModel(turns)
  const agent = defineAgent({
    id: 'support',
    name: 'Support',
    description: 'Support assistant',
    instructions: 'You help.',
    model,
    ...spec,
  })
  return { agent, model }
}

/** A tool that adds two numbers. */
export const addTool: Tool = defineTool({
  name: 'add',
  description: 'Adds two numbers.',
  input: z.object({ a: z.number(), b: z.number() }),
  execute: ({ a, b }) => a + b,
})

const refundInput = z.object({ orderId: z.string(), cents: z.number().int() })

/** The input of `refundTool`. */
export type RefundInput = z.infer<typeof refundInput>

/** Makes a tool that requires an approval, and a list of the calls it has executed. */
export function createRefundTool(approval: boolean | ApprovalSpec<RefundInput> = true): {
  tool: Tool
  refunds: RefundInput[]
} {
  const refunds: RefundInput[] = []
  const tool = defineTool({
    name: 'refund',
    description: 'Refunds an order.',
    input: refundInput,
    approval,
    execute(input) {
      refunds.push(input)
      return `refunded ${input.cents}`
    },
  })
  return { tool, refunds }
}

/** A scripted call of a tool. */
export function toolCall(name: string, input: unknown, id?: string) {
  return { toolCall: id === undefined ? { name, input } : { name, input, id } }
}
