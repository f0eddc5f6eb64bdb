import { z } from 'zod'
import { hostAgent } from '../../../src/host/langgraph/index.ts'
import type { Frameworks, LangChainMessage } from '../clients/install.ts'
import { createScript, type HostedFramework, type ModelTurn } from './framework.ts'

/** Agents of langchain, with its middleware for approvals. */
export function langchain(frameworks: Frameworks): HostedFramework {
  const { createAgent, humanInTheLoopMiddleware, tool, Command, MemorySaver } = frameworks
  return {
    name: 'langchain',
    editsInput: true,
    rejectsAll: true, // langchain 1.5; later versions run the approved calls
    async host(turns, options = {}) {
      const { prompts, next } = createScript(turns)
      const calls: { tool: string; input: unknown }[] = []
      const find = (input: object) => {
        calls.push({ tool: 'find_order', input })
        return { status: 'delivered' }
      }
      const refund = (input: { readonly cents: number }) => {
        calls.push({ tool: 'refund', input })
        return `refunded ${input.cents}`
      }
      const allowedDecisions = ['approve', 'edit', 'reject']
      const agent = createAgent({
        model: createChatModel(frameworks, next),
        systemPrompt: 'You help.',
        tools: [
          tool(find, {
            name: 'find_order',
            description: 'Finds.',
            schema: z.object({ orderId: z.string() }),
          }),
          tool(refund, {
            name: 'refund',
            description: 'Refunds.',
            schema: z.object({ cents: z.number() }),
          }),
        ],
        middleware: [humanInTheLoopMiddleware({ interruptOn: { refund: { allowedDecisions } } })],
      })
      return {
        agent: hostAgent(agent, { id: 'support', Command, MemorySaver, ...options }),
        prompts,
        calls,
      }
    },
  }
}

/** Makes a chat model of LangChain that streams what the script says. */
export function createChatModel(
  { BaseChatModel, AIMessage, AIMessageChunk, ChatGenerationChunk }: Frameworks,
  next: (prompt: unknown) => Promise<ModelTurn>,
): object {
  let count = 0
  const usage = { input_tokens: 3, output_tokens: 2, total_tokens: 5 }
  const response = { usage_metadata: usage, response_metadata: { model_name: 'scripted-1' } }
  const read = (messages: readonly LangChainMessage[]) =>
    next(messages.map((message) => [message.getType(), message]))
  class ScriptedChatModel extends BaseChatModel {
    constructor() {
      super({ maxRetries: 0 })
    }
    _llmType() {
      return 'scripted'
    }
    bindTools() {
      return this
    }
    async _generate(messages: readonly LangChainMessage[]) {
      const { text = '', calls = [] } = await read(messages)
      const message = new AIMessage({
        content: text,
        tool_calls: calls,
        ...response,
        id: `answer-${++count}`,
      })
      return { generations: [{ text, message }] }
    }
    async *_streamResponseChunks(
      messages: readonly LangChainMessage[],
      _options: object,
      manager?: Manager,
    ) {
      const { text = '', calls = [] } = await read(messages)
      const id = `answer-${process.pid}-${++count}`
      for (const word of text.split(/(?<= )/)) {
        const chunk = new ChatGenerationChunk({
          text: word,
          message: new AIMessageChunk({ content: word, id }),
        })
        yield chunk
        await manager?.handleLLMNewToken(word, undefined, undefined, undefined, undefined, {
          chunk,
        })
      }
      const chunks = calls.map(({ id: callId, name, args }, index) => {
        return { index, id: callId, name, args: JSON.stringify(args) }
      })
      const last = new AIMessageChunk({ content: '', id, tool_call_chunks: chunks, ...response })
      const chunk = new ChatGenerationChunk({ text: '', message: last })
      yield chunk
      await manager?.handleLLMNewToken('', undefined, undefined, undefined, undefined, { chunk })
    }
  }
  return new ScriptedChatModel()
}

interface Manager {
  handleLLMNewToken(...given: unknown[]): Promise<void>
}
