import {
  Agent,
  type Model,
  type ModelRequest,
  type ModelResponse,
  Runner,
  RunState,
  type StreamEvent,
  tool,
  Usage,
} from '@openai/agents-core'
import { z } from 'zod'
import { hostAgent } from '../../../src/host/openai-agents/index.ts'
import { createScript, type HostedFramework, type ModelTurn } from './framework.ts'

/** Agents of OpenAI, by the part of them that calls no service. */
export const openaiAgents: HostedFramework = {
  name: 'OpenAI Agents',
  editsInput: false,
  async host(turns, options = {}) {
    const { prompts, next } = createScript(turns)
    const calls: { tool: string; input: unknown }[] = []
    const agent = new Agent({
      name: 'Support',
      instructions: 'You help.',
      model: scripted(next),
      tools: [
        tool({
          name: 'find_order',
          description: 'Finds an order.',
          parameters: z.object({ orderId: z.string() }),
          execute: (input) => {
            calls.push({ tool: 'find_order', input })
            return { status: 'delivered' }
          },
        }),
        tool({
          name: 'refund',
          description: 'Refunds an order.',
          parameters: z.object({ cents: z.number() }),
          needsApproval: true,
          execute: (input) => {
            calls.push({ tool: 'refund', input })
            return `refunded ${input.cents}`
          },
        }),
      ],
    })
    const runner = new Runner({ tracingDisabled: true })
    return {
      agent: hostAgent(agent, { id: 'support', runner, RunState, ...options }),
      prompts,
      calls,
    }
  },
}

function scripted(next: (prompt: unknown) => Promise<ModelTurn>): Model {
  const answer = async (request: ModelRequest): Promise<ModelResponse> => {
    const turn = await next(request.input)
    const text = turn.text === undefined ? [] : [toMessage(turn.text)]
    return {
      output: [...text, ...(turn.calls ?? []).map(toCall)],
      usage: new Usage({ inputTokens: 3, outputTokens: 2, totalTokens: 5 }),
      responseId: 'response',
    }
  }
  return {
    getResponse: answer,
    async *getStreamedResponse(request): AsyncIterable<StreamEvent> {
      const { output, usage } = await answer(request)
      yield { type: 'response_started' }
      for (const item of output) {
        if (item.type !== 'message') continue
        for (const part of item.content) {
          if (typeof part === 'string' || part.type !== 'output_text') continue
          for (const delta of part.text.split(/(?<= )/)) yield { type: 'output_text_delta', delta }
        }
      }
      const { inputTokens, outputTokens, totalTokens } = usage
      const response = { id: 'response', usage: { inputTokens, outputTokens, totalTokens }, output }
      yield { type: 'response_done', response } as StreamEvent
    },
  }
}

function toMessage(text: string) {
  const content = [{ type: 'output_text' as const, text }]
  return {
    type: 'message' as const,
    role: 'assistant' as const,
    status: 'completed' as const,
    content,
  }
}

function toCall({ id, name, args }: NonNullable<ModelTurn['calls']>[number]) {
  return {
    type: 'function_call' as const,
    callId: id,
    name,
    arguments: JSON.stringify(args),
    status: 'completed' as const,
  }
}
