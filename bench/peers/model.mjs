// The model of every peer. The last message of the user says what it does: `{ "deltas": 1000, "calls": 5 }`. It calls the tool once a
// turn, then answers in so many deltas without a pause. It keeps nothing between two calls.

/**
 * Says what comes next.
 *
 * @param {string} text The last message of the user.
 * @param {number} results How many results of tools follow it.
 */
export function nextTurn(text, results) {
  const { deltas, calls } = JSON.parse(text)
  return results < calls ? { call: `call-${results}` } : { deltas }
}

export const delta = ' token'
export const toolInput = JSON.stringify({ id: 'ORD-1' })

const usage = {
  inputTokens: { total: 1, noCache: 1, cacheRead: 0, cacheWrite: 0 },
  outputTokens: { total: 1, text: 1, reasoning: 0 },
}

/** A model by the AI SDK's provider specification, version 3. */
export const aiSdkModel = {
  specificationVersion: 'v3',
  provider: 'bench',
  modelId: 'scripted',
  supportedUrls: {},
  doGenerate: async () => {
    throw new Error('This model only streams')
  },
  doStream: async ({ prompt }) => ({ stream: toStream(turnOf(prompt)) }),
}

function turnOf(prompt) {
  const last = prompt.findLastIndex(({ role }) => role === 'user')
  const { text } = prompt[last].content.find(({ type }) => type === 'text')
  return nextTurn(text, prompt.slice(last).filter(({ role }) => role === 'tool').length)
}

function toStream({ call, deltas = 0 }) {
  const reason = call ? 'tool-calls' : 'stop'
  const first = call
    ? { type: 'tool-call', toolCallId: call, toolName: 'lookup', input: toolInput }
    : { type: 'text-start', id: '1' }
  const last = { type: 'finish', finishReason: { unified: reason, raw: reason }, usage }
  let sent = -1
  return new ReadableStream({
    pull(controller) {
      if (sent === -1) controller.enqueue(first)
      else if (sent < deltas) controller.enqueue({ type: 'text-delta', id: '1', delta })
      else {
        if (!call) controller.enqueue({ type: 'text-end', id: '1' })
        controller.enqueue(last)
        controller.close()
      }
      sent++
    },
  })
}
