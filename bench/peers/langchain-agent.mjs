// An agent of LangChain on LangGraph.
import { BaseChatModel } from '@langchain/core/language_models/chat_models'
import { AIMessageChunk } from '@langchain/core/messages'
import { ChatGenerationChunk } from '@langchain/core/outputs'
import { tool } from '@langchain/core/tools'
import { createAgent } from 'langchain'
import { z } from 'zod'
import { findOrder, instructions, lookup } from './host.mjs'
import { delta, nextTurn, toolInput } from './model.mjs'

function turnOf(messages) {
  const last = messages.findLastIndex((message) => message.getType() === 'human')
  const results = messages.slice(last).filter((message) => message.getType() === 'tool')
  return nextTurn(messages[last].text, results.length)
}

class ScriptedModel extends BaseChatModel {
  _llmType() {
    return 'scripted'
  }
  bindTools() {
    return this
  }
  async _generate() {
    throw new Error('This model only streams')
  }
  async *_streamResponseChunks(messages, _options, runManager) {
    const { call, deltas = 0 } = turnOf(messages)
    if (call) {
      const chunk = { type: 'tool_call_chunk', id: call, name: 'lookup', args: toolInput, index: 0 }
      const message = new AIMessageChunk({ content: '', tool_call_chunks: [chunk] })
      yield new ChatGenerationChunk({ message, text: '' })
    }
    for (let sent = 0; sent < deltas; sent++) {
      const message = new AIMessageChunk({ content: delta })
      const chunk = new ChatGenerationChunk({ message, text: delta })
      yield chunk
      await runManager?.handleLLMNewToken(delta, undefined, undefined, undefined, undefined, {
        chunk,
      })
    }
  }
}

const find = tool(async (input) => findOrder(input), {
  ...lookup,
  schema: z.object({ id: z.string() }),
})
export const agent = createAgent({
  model: new ScriptedModel({}),
  tools: [find],
  systemPrompt: instructions,
})
