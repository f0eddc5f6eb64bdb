import { HttpAgent, type Message, type RunAgentParameters } from '@ag-ui/client'
import type { Studio } from '../../../src/index.ts'

/** An event as it came over the wire. */
export type WireEvent = Readonly<Record<string, unknown>> & { readonly type: string }

/** A thread of `HttpAgent`, which checks the order of events, with what it saw. */
export function openThread({
  fetch,
  url = 'http://studio.test',
  threadId = 't1',
  headers = {},
}: {
  readonly fetch: typeof globalThis.fetch
  readonly url?: string
  readonly threadId?: string
  readonly headers?: Record<string, string>
}) {
  const agent = new HttpAgent({ url: `${url}/agents/support/ag-ui`, threadId, headers, fetch })
  let events: WireEvent[] = []
  let count = 0
  /** Runs the agent; resolves to the events. Rejects as `runAgent` does, and with the message of a `RUN_ERROR`. */
  const run = async (parameters: RunAgentParameters = {}): Promise<WireEvent[]> => {
    events = []
    await agent.runAgent(
      { runId: `r${++count}`, ...parameters },
      { onEvent: ({ event }) => void events.push(event as unknown as WireEvent) },
    )
    return events
  }
  return {
    agent,
    run,
    seen: () => events,
    say: (content: string, parameters: RunAgentParameters = {}) => {
      agent.addMessage({ id: `u${agent.messages.length}`, role: 'user', content })
      return run(parameters)
    },
    messages: (): readonly Message[] => agent.messages,
    /** The text of the last message of the agent. */
    text: () => String(agent.messages.findLast(({ role }) => role === 'assistant')?.content ?? ''),
    interrupts: () => agent.pendingInterrupts,
  }
}

/** A `fetch` of a studio in this process: the client's abort reaches the stream, as it does over a socket. */
export function fetchOf(studio: Studio): typeof globalThis.fetch {
  return async (input, init) => {
    const response = await studio.fetch(new Request(input, init))
    if (!response.body || !init?.signal) return response
    const body = response.body.pipeThrough(new TransformStream(), { signal: init.signal })
    return new Response(body, response)
  }
}
