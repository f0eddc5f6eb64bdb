import type { Agent } from '../../../src/agents/agent.ts'
import type { HostedOptions } from '../../../src/host/shared/hosted-agent.ts'

/** What the model of a framework answers in one call: a text, calls of tools, or a failure. It waits before it answers. */
export interface ModelTurn {
  readonly text?: string
  readonly calls?: readonly {
    readonly id: string
    readonly name: string
    readonly args: Readonly<Record<string, unknown>>
  }[]
  readonly error?: Error
  readonly wait?: () => Promise<void>
}

/** The agent `support` of a framework, hosted: what its model got, and the calls that its tools executed. */
export interface HostedSupport {
  readonly agent: Agent
  readonly prompts: readonly string[]
  readonly calls: readonly { readonly tool: string; readonly input: unknown }[]
}

/** A framework under test. Each of its calls of a model takes 3 tokens of input and 2 of output. */
export interface HostedFramework {
  readonly name: string
  /** True if a decision may replace the arguments of a call. */
  readonly editsInput: boolean
  /** True if the tokens of a model call that asks for approval are told only after the decision. @default false */
  readonly countsAtEnd?: boolean
  /** True if a rejected call keeps the approved ones of the same message from running. @default false */
  readonly rejectsAll?: boolean
  /** Hosts the agent `support` with the tools `find_order`, and `refund` whose calls wait for people. */
  host(turns: readonly ModelTurn[], options?: Partial<HostedOptions>): Promise<HostedSupport>
}

/** A turn that looks an order up and asks for a refund of 5,000 cents. */
export const findAndRefund: ModelTurn = {
  text: 'Let me see.',
  calls: [
    { id: 'find', name: 'find_order', args: { orderId: 'A1' } },
    { id: 'refund', name: 'refund', args: { cents: 5_000 } },
  ],
}

/** Plays turns in order, one for each call of a model. Records what the model got, as JSON. */
export function createScript(turns: readonly ModelTurn[]) {
  const prompts: string[] = []
  const next = async (prompt: unknown): Promise<ModelTurn> => {
    const turn = turns[prompts.length]
    prompts.push(JSON.stringify(prompt))
    if (!turn) throw new Error(`The script has no answer ${prompts.length}`)
    await turn.wait?.()
    if (turn.error) throw turn.error
    return turn
  }
  return { prompts, next }
}
