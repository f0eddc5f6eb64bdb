import { z } from 'zod'
import { hostAgent, type MastraAgent } from '../../../src/host/mastra/index.ts'
import type { Frameworks } from '../clients/install.ts'
import { createScript, type HostedFramework, type ModelTurn } from './framework.ts'

/** Agents of Mastra, with a storage in memory. */
export function mastraAgents({
  MastraAgent: Agent,
  Mastra,
  InMemoryStore,
  createTool,
}: Frameworks): HostedFramework {
  return {
    name: 'Mastra',
    editsInput: false,
    countsAtEnd: true,
    async host(turns, options = {}) {
      const { prompts, next } = createScript(turns)
      const calls: { tool: string; input: unknown }[] = []
      const agent = new Agent({
        id: 'support',
        name: 'support',
        instructions: 'You help.',
        model: scripted(next),
        maxRetries: 0,
        tools: {
          find_order: createTool({
            id: 'find_order',
            description: 'Finds an order.',
            inputSchema: z.object({ orderId: z.string() }),
            execute: async (input: unknown) => {
              calls.push({ tool: 'find_order', input })
              return { status: 'delivered' }
            },
          }),
          refund: createTool({
            id: 'refund',
            description: 'Refunds an order.',
            inputSchema: z.object({ cents: z.number() }),
            requireApproval: true,
            execute: async (input: { readonly cents: number }) => {
              calls.push({ tool: 'refund', input })
              return `refunded ${input.cents}`
            },
          }),
        },
      })
      const storage = new InMemoryStore()
      const mastra = new Mastra({ agents: { support: agent }, storage, logger: false })
      const registered = mastra.getAgent('support') as MastraAgent
      return { agent: hostAgent(registered, { id: 'support', ...options }), prompts, calls }
    },
  }
}

function scripted(next: (prompt: unknown) => Promise<ModelTurn>): object {
  return {
    specificationVersion: 'v2',
    provider: 'scripted',
    modelId: 'scripted-1',
    supportedUrls: {},
    doGenerate: async () => Promise.reject(new Error('Only streams are played')),
    doStream: async ({ prompt }: { readonly prompt: unknown }) => {
      const parts = toParts(await next(prompt))
      const stream = new ReadableStream({
        start(controller) {
          for (const part of parts) controller.enqueue(part)
          controller.close()
        },
      })
      return { stream }
    },
  }
}

function toParts({ text = '', calls = [] }: ModelTurn): object[] {
  const words = text.split(/(?<= )/).map((delta) => ({ type: 'text-delta', id: 'text', delta }))
  return [
    { type: 'stream-start', warnings: [] },
    { type: 'response-metadata', id: 'response', modelId: 'scripted-1' },
    ...(text === ''
      ? []
      : [{ type: 'text-start', id: 'text' }, ...words, { type: 'text-end', id: 'text' }]),
    ...calls.map(({ id, name, args }) => {
      return { type: 'tool-call', toolCallId: id, toolName: name, input: JSON.stringify(args) }
    }),
    {
      type: 'finish',
      finishReason: calls.length > 0 ? 'tool-calls' : 'stop',
      usage: { inputTokens: 3, outputTokens: 2, totalTokens: 5 },
    },
  ]
}
