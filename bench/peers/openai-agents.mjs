// OpenAI Agents behind a bare server: it has no form of its own for HTTP, so the text and the tool calls are sent as events.
import { Agent, run, setTracingDisabled, tool, Usage } from '@openai/agents'
import { z } from 'zod'
import { findOrder, instructions, lookup, sendEvents, serveBare } from './host.mjs'
import { delta, nextTurn, toolInput } from './model.mjs'

setTracingDisabled(true)

function turnOf(input) {
  if (typeof input === 'string') return nextTurn(input, 0)
  const last = input.findLastIndex(({ role }) => role === 'user')
  const { content } = input[last]
  const text = typeof content === 'string' ? content : content[0].text
  const results = input.slice(last).filter(({ type }) => type === 'function_call_result')
  return nextTurn(text, results.length)
}

const model = {
  getResponse: async () => {
    throw new Error('This model only streams')
  },
  async *getStreamedResponse({ input }) {
    const { call, deltas = 0 } = turnOf(input)
    yield { type: 'response_started' }
    for (let sent = 0; sent < deltas; sent++) yield { type: 'output_text_delta', delta }
    const text = delta.repeat(deltas)
    const output = call
      ? {
          type: 'function_call',
          id: call,
          callId: call,
          name: 'lookup',
          status: 'completed',
          arguments: toolInput,
        }
      : {
          type: 'message',
          role: 'assistant',
          status: 'completed',
          content: [{ type: 'output_text', text }],
        }
    const usage = new Usage({ requests: 1, inputTokens: 1, outputTokens: 1, totalTokens: 2 })
    yield { type: 'response_done', response: { id: 'r1', usage, output: [output] } }
  },
}

const agent = new Agent({
  name: 'bench',
  instructions,
  model,
  tools: [tool({ ...lookup, parameters: z.object({ id: z.string() }), execute: findOrder })],
})

async function* toEvents(stream) {
  for await (const event of stream) {
    if (event.type === 'raw_model_stream_event') {
      if (event.data.type === 'output_text_delta') {
        yield { type: 'text-delta', delta: event.data.delta }
      }
    } else if (event.type === 'run_item_stream_event') {
      const { name, callId, output } = event.item.rawItem
      if (event.name === 'tool_called') yield { type: 'tool-call', name, callId }
      if (event.name === 'tool_output') yield { type: 'tool-result', callId, output }
    }
  }
  yield { type: 'finish' }
}

serveBare(async (message, response) => {
  const stream = await run(agent, message, { stream: true })
  await sendEvents(toEvents(stream), response)
})
