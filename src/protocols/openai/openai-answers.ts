import { z } from 'zod'
import { anyJson, count } from '../../agents/answers/shared.ts'

const item = z
  .object({ id: z.string(), type: z.string() })
  .catchall(anyJson)
  .meta({ id: 'OpenAiItem', description: "An item in OpenAI's words, told apart by `type`." })

const wireUsage = z.object({
  input_tokens: count,
  input_tokens_details: z.object({ cached_tokens: count }),
  output_tokens: count,
  output_tokens_details: z.object({ reasoning_tokens: count }),
  total_tokens: count,
})

/** What a 200 of `/v1/responses` has as its body. */
export const responseAnswer = z
  .object({
    id: z.string(),
    object: z.literal('response'),
    created_at: z.int(),
    status: z.enum(['queued', 'in_progress', 'completed', 'failed', 'cancelled', 'incomplete']),
    background: z.boolean(),
    error: z.object({ code: z.string(), message: z.string() }).nullable(),
    incomplete_details: z
      .object({ reason: z.enum(['max_output_tokens', 'content_filter']) })
      .nullable(),
    instructions: z.null(),
    conversation: z.object({ id: z.string() }).nullable(),
    max_output_tokens: z.null(),
    metadata: z.record(z.string(), z.string()),
    model: z.string(),
    output: z.array(item),
    parallel_tool_calls: z.boolean(),
    previous_response_id: z.string().nullable(),
    reasoning: z.object({ effort: z.null(), summary: z.null() }),
    store: z.boolean(),
    temperature: z.null(),
    text: z.object({ format: z.object({ type: z.literal('text') }) }),
    tool_choice: z.literal('auto'),
    tools: z.array(anyJson).max(0),
    top_p: z.null(),
    truncation: z.literal('disabled'),
    usage: wireUsage.nullable(),
  })
  .meta({ id: 'OpenAiResponse', description: 'A part of a run as a response of OpenAI.' })

/** One event of a stream of `/v1/responses`. */
export const responseEvent = z
  .object({
    type: z.string(),
    sequence_number: count.describe('Grows, and has gaps; the same in each stream of a response.'),
  })
  .catchall(anyJson)
  .meta({ id: 'OpenAiResponseEvent', description: 'An event of a response, by `type`.' })

/** What a 200 of `/v1/responses/:responseId/input_items` has as its body. */
export const itemsAnswer = z
  .object({
    object: z.literal('list'),
    data: z.array(item),
    first_id: z.string().nullable(),
    last_id: z.string().nullable(),
    has_more: z.literal(false),
  })
  .meta({ id: 'OpenAiItemList', description: 'The items of an input.' })

const completionUsage = z.object({
  prompt_tokens: count,
  completion_tokens: count,
  total_tokens: count,
  prompt_tokens_details: z.object({ cached_tokens: count }),
  completion_tokens_details: z.object({ reasoning_tokens: count }),
})

const finish = z.enum(['stop', 'length', 'content_filter'])

/** What a 200 of `/v1/chat/completions` has as its body. */
export const completionAnswer = z
  .object({
    id: z.string(),
    object: z.literal('chat.completion'),
    created: z.int(),
    model: z.string(),
    choices: z.array(
      z.object({
        index: count,
        message: z.object({
          role: z.literal('assistant'),
          content: z.string(),
          refusal: z.null(),
          reasoning_content: z.string().exactOptional(),
        }),
        logprobs: z.null(),
        finish_reason: finish,
      }),
    ),
    usage: completionUsage,
  })
  .meta({ id: 'OpenAiCompletion', description: 'A run as a chat completion of OpenAI.' })

const apiError = z.object({
  message: z.string(),
  type: z.string(),
  param: z.string().nullable(),
  code: z.string().nullable(),
})

/** One chunk of a stream of `/v1/chat/completions`, or the error that ends it. */
export const completionChunk = z
  .union([
    z.object({ error: apiError }),
    z.object({
      id: z.string(),
      object: z.literal('chat.completion.chunk'),
      created: z.int(),
      model: z.string(),
      choices: z.array(
        z.object({
          index: count,
          delta: z.object({
            role: z.literal('assistant').exactOptional(),
            content: z.string().exactOptional(),
            reasoning_content: z.string().exactOptional(),
          }),
          logprobs: z.null(),
          finish_reason: finish.nullable(),
        }),
      ),
      usage: completionUsage.nullable().exactOptional(),
    }),
  ])
  .meta({ id: 'OpenAiCompletionChunk', description: 'A chunk of a chat completion.' })

const model = z
  .object({
    id: z.string(),
    object: z.literal('model'),
    created: z.literal(0),
    owned_by: z.string(),
  })
  .meta({ id: 'OpenAiModel', description: 'An agent as a model of OpenAI.' })

/** What a 200 of `/v1/models` has as its body. */
export const modelsAnswer = z
  .object({ object: z.literal('list'), data: z.array(model) })
  .meta({ id: 'OpenAiModelList', description: 'The agents as models.' })

/** What a 200 of `/v1/models/:modelName` has as its body. */
export const modelAnswer = model

/** What the routes of OpenAI answer to a request that they refuse. */
export const errorBody = z
  .object({ error: apiError })
  .meta({ id: 'OpenAiError', description: "An error in OpenAI's shape." })
