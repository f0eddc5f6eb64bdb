import { z } from 'zod'
import { anyJson } from '../../../agents/answers/shared.ts'
import type { Message } from '../../../records/message.ts'
import { refusal, toParam } from '../api-errors.ts'
import { toAssistantMessage, noSuchCall, toCall, toResultMessage } from '../input-items.ts'
import { checkMessage, inputText, inputContent, toUserMessage } from '../input-parts.ts'
import { checkParameters, commonRules, type ParameterRules } from '../parameter-rules.ts'
import { parseBody } from '../response-request.ts'

/** The body of `POST /v1/chat/completions`. */
export const chatBody = z
  .object({
    model: z.string().min(1),
    messages: z.array(z.object({ role: z.string() }).catchall(anyJson)).min(1),
    stream: z.boolean().nullish(),
    stream_options: z.object({ include_usage: z.boolean().nullish() }).catchall(anyJson).nullish(),
    metadata: z.record(z.string().max(64), z.string().max(512)).nullish(),
  })
  .catchall(anyJson)
  .meta({ id: 'OpenAiChatRequest' })

/** A parsed body of `POST /v1/chat/completions`. */
export type CompletionRequest = z.infer<typeof chatBody>

const rules: ParameterRules = {
  honoured: new Set(Object.keys(chatBody.shape)),
  others: {
    ...commonRules,
    audio: { neutral: [] },
    frequency_penalty: { neutral: [0] },
    function_call: { neutral: ['auto'] },
    functions: { neutral: [[]] },
    logit_bias: { neutral: [{}] },
    logprobs: { neutral: [false] },
    max_completion_tokens: { neutral: [] },
    max_tokens: { neutral: [] },
    modalities: { neutral: [['text']] },
    n: { neutral: [1] },
    prediction: { neutral: [] },
    presence_penalty: { neutral: [0] },
    reasoning_effort: { neutral: [] },
    response_format: { neutral: [{ type: 'text' }] },
    seed: { neutral: [] },
    stop: { neutral: [[]] },
    store: { neutral: [false] },
    verbosity: { neutral: ['medium'] },
    web_search_options: { neutral: [] },
  },
}

/** @throws StudioError `bad_request` in OpenAI's words. */
export function parseCompletionRequest(body: unknown): CompletionRequest {
  const request = parseBody(chatBody, body)
  checkParameters(request, rules)
  return request
}

const called = z.array(
  z.object({
    id: z.string().min(1),
    function: z.object({ name: z.string().min(1), arguments: z.string() }),
  }),
)

const chatMessage = z.discriminatedUnion('role', [
  z.object({ role: z.enum(['system', 'developer']), content: inputContent }),
  z.object({ role: z.literal('user'), content: inputContent }),
  z.object({
    role: z.literal('assistant'),
    content: inputContent.nullish(),
    tool_calls: called.nullish(),
  }),
  z.object({ role: z.literal('tool'), content: inputContent, tool_call_id: z.string().min(1) }),
])

/** @throws StudioError `bad_request` for a message of an unknown kind, and for the result of a call that nobody made. */
export function readChatMessages({ messages }: CompletionRequest): Message[] {
  const calls = new Set<string>()
  return messages.flatMap((raw, index) => {
    const path = ['messages', index]
    const result = chatMessage.safeParse(raw)
    if (!result.success) {
      const [issue] = result.error.issues
      const message = `Invalid message: ${issue?.message ?? 'not acceptable'}.`
      throw refusal('bad_request', message, { param: toParam([...path, ...(issue?.path ?? [])]) })
    }
    return toMessages(result.data, calls, path)
  })
}

function toMessages(
  message: z.infer<typeof chatMessage>,
  calls: Set<string>,
  path: readonly PropertyKey[],
): Message[] {
  switch (message.role) {
    case 'system':
    case 'developer':
      return [{ role: 'system', content: inputText(message.content) }]
    case 'user':
      return [toUserMessage(message.content, path)]
    case 'assistant': {
      const { content, tool_calls: made } = message
      const text = inputText(content ?? '')
      const parts = (made ?? []).flatMap(({ id, function: { name, arguments: args } }) => {
        calls.add(id)
        const call = toCall({ id, name, text: args })
        return call.role === 'assistant' ? call.content : []
      })
      const said = toAssistantMessage(text)
      const spoken = said.role === 'assistant' && text !== '' ? said.content : []
      const all = [...spoken, ...parts]
      return all.length > 0 ? [checkMessage({ role: 'assistant', content: all }, path)] : []
    }
    case 'tool': {
      const { tool_call_id: id, content } = message
      if (!calls.has(id)) throw noSuchCall(id, toParam([...path, 'tool_call_id']))
      return [toResultMessage(id, inputText(content), false)]
    }
  }
}
