import type OpenAI from 'openai'
import type { ResponseStreamEvent } from 'openai/resources/responses/responses'

/** Where a client finds a studio with the agent `support`, whose `auth` takes `Bearer <tenant>`. */
export interface Place {
  readonly baseURL: string
  readonly apiKey: string
  readonly fetch: typeof fetch
}

/** What a client understood of one answer. */
export interface Answer {
  readonly id: string
  readonly text: string
  readonly reasoning: string
  /** The outputs of tools that ran in the studio. */
  readonly outputs: readonly string[]
  readonly approvals: readonly string[]
  readonly usage: { readonly input: number; readonly output: number } | null
}

/** A client of OpenAI's API as the scenarios use it. A method that is missing has no counterpart in that client. */
export interface OpenaiScenarioClient {
  /** Which of the two APIs it speaks. */
  readonly api: 'responses' | 'chat'
  ask(place: Place, text: string): Promise<Answer>
  /** Approves all calls of an answer; resolves to the answer that follows. */
  approve?(place: Place, answer: Answer): Promise<Answer>
  /** Starts an answer and resolves to its id once some text has come. The stream is dropped, or its failure ignored. */
  begin?(place: Place, text: string): Promise<{ readonly id: string; readonly last: number }>
  cancel?(place: Place, id: string): Promise<string>
  /** Reads the rest of an answer after an event. */
  resume?(place: Place, id: string, last: number): Promise<Answer>
  models?(place: Place): Promise<string[]>
}

const noText = { reasoning: '', outputs: [], approvals: [] }

/** Makes a client of `openai` for Responses, of any major version. */
export function responsesClient(make: (place: Place) => OpenAI): OpenaiScenarioClient {
  return {
    api: 'responses',
    async ask(place, input) {
      const stream = make(place).responses.stream({ model: 'support', input })
      return toAnswer(await stream.finalResponse())
    },
    async approve(place, { id, approvals }) {
      const input = approvals.map((approval_request_id) => ({
        type: 'mcp_approval_response' as const,
        approval_request_id,
        approve: true,
      }))
      const next = await make(place).responses.create({ previous_response_id: id, input })
      return toAnswer(next)
    },
    async begin(place, input) {
      const stream = await make(place).responses.create({ model: 'support', input, stream: true })
      let id = ''
      for await (const event of stream) {
        if (event.type === 'response.created') id = event.response.id
        if (event.type === 'response.output_text.delta') {
          return { id, last: event.sequence_number }
        }
      }
      throw new Error('the stream ended before any text')
    },
    cancel: async (place, id) => (await make(place).responses.cancel(id)).status ?? '',
    async resume(place, id, starting_after) {
      const stream = await make(place).responses.retrieve(id, { stream: true, starting_after })
      let last: ResponseStreamEvent | undefined
      for await (const event of stream) last = event
      if (last && 'response' in last) return toAnswer(last.response)
      throw new Error('the stream had no end')
    },
    models: async (place) => (await make(place).models.list()).data.map(({ id }) => id),
  }
}

function toAnswer({ id, status, error, output, usage }: OpenAI.Responses.Response): Answer {
  if (status === 'failed') throw new Error(error?.message)
  const texts = output.flatMap((item) =>
    item.type === 'message'
      ? item.content.map((part) => (part.type === 'output_text' ? part.text : ''))
      : [],
  )
  return {
    id,
    text: texts.join(''),
    reasoning: output
      .flatMap((item) => (item.type === 'reasoning' ? item.summary.map(({ text }) => text) : []))
      .join(''),
    outputs: output.flatMap((item) => (item.type === 'mcp_call' ? [item.output ?? ''] : [])),
    approvals: output.flatMap((item) => (item.type === 'mcp_approval_request' ? [item.id] : [])),
    usage: usage ? { input: usage.input_tokens, output: usage.output_tokens } : null,
  }
}

/** Makes a client of `openai` for Chat Completions. */
export function chatClient(make: (place: Place) => OpenAI): OpenaiScenarioClient {
  return {
    api: 'chat',
    async ask(place, content) {
      const stream = await make(place).chat.completions.create({
        model: 'support',
        messages: [{ role: 'user', content }],
        stream: true,
        stream_options: { include_usage: true },
      })
      let answer: Answer = { id: '', text: '', usage: null, ...noText }
      for await (const { id, choices, usage } of stream) {
        const delta = choices[0]?.delta as { content?: string; reasoning_content?: string }
        const text = answer.text + (delta?.content ?? '')
        const reasoning = answer.reasoning + (delta?.reasoning_content ?? '')
        answer = { ...answer, id, text, reasoning }
        if (usage) {
          const { prompt_tokens: input, completion_tokens: output } = usage
          answer = { ...answer, usage: { input, output } }
        }
      }
      return answer
    },
  }
}

/** A part of a stream of the AI SDK. */
interface AiPart {
  readonly type: string
  readonly text?: string
  readonly output?: unknown
  readonly approvalId?: string
  readonly error?: unknown
  readonly totalUsage?: { readonly inputTokens?: number; readonly outputTokens?: number }
}

/** Makes a client of `ai` with a provider of OpenAI's API. */
export function aiSdkProvider(
  api: OpenaiScenarioClient['api'],
  stream: (place: Place, text: string) => AsyncIterable<unknown>,
): OpenaiScenarioClient {
  return {
    api,
    async ask(place, prompt) {
      const answer = { id: '', text: '', reasoning: '' }
      const outputs: string[] = []
      const approvals: string[] = []
      let usage: Answer['usage'] = null
      for await (const raw of stream(place, prompt)) {
        const part = raw as AiPart
        if (part.type === 'text-delta') answer.text += part.text ?? ''
        if (part.type === 'reasoning-delta') answer.reasoning += part.text ?? ''
        if (part.type === 'tool-result') outputs.push(JSON.stringify(part.output))
        if (part.type === 'tool-approval-request') approvals.push(part.approvalId ?? '')
        if (part.type === 'error' || part.type === 'tool-error') throw toError(part.error)
        if (part.type === 'finish') {
          const { inputTokens: input = 0, outputTokens: output = 0 } = part.totalUsage ?? {}
          usage = { input, output }
        }
      }
      return { ...answer, outputs, approvals, usage }
    },
  }
}

function toError(error: unknown): Error {
  return error instanceof Error ? error : new Error(JSON.stringify(error))
}

/** A message of LangChain. */
export interface LangChainMessage {
  readonly id?: string | undefined
  readonly text: string
  readonly additional_kwargs: Readonly<Record<string, unknown>>
  readonly response_metadata: Readonly<Record<string, unknown>>
  readonly usage_metadata?:
    { readonly input_tokens: number; readonly output_tokens: number } | undefined
}

/** Makes a client of `ChatOpenAI` of LangChain. */
export function langChainClient(
  api: OpenaiScenarioClient['api'],
  invoke: (place: Place, text: string) => Promise<LangChainMessage>,
): OpenaiScenarioClient {
  return {
    api,
    async ask(place, prompt) {
      const message = await invoke(place, prompt)
      const text = JSON.stringify([message.additional_kwargs, message.response_metadata])
      const approvals = text.includes('"type":"mcp_approval_request"') ? ['seen'] : []
      const { usage_metadata: usage } = message
      return {
        ...noText,
        id: message.id ?? '',
        text: message.text,
        approvals,
        usage: usage ? { input: usage.input_tokens, output: usage.output_tokens } : null,
      }
    },
  }
}
