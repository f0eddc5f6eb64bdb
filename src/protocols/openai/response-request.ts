import { z } from 'zod'
import { anyJson } from '../../agents/answers/shared.ts'
import { refusal, toParam } from './api-errors.ts'
import { checkParameters, commonRules, type ParameterRules } from './parameter-rules.ts'
import { reservedPrefix } from './response-part.ts'

const metadata = z
  .record(z.string().max(64), z.string().max(512))
  .refine((pairs) => Object.keys(pairs).length <= 16, 'must have at most 16 pairs')
  .refine(
    (pairs) => !Object.keys(pairs).some((key) => key.startsWith(reservedPrefix)),
    `must have no key that begins with "${reservedPrefix}"`,
  )

/** The body of `POST /v1/responses`: what this server honours, and what it tolerates or refuses. */
export const responseBody = z
  .object({
    model: z.string().min(1).optional(),
    input: z.union([
      z.string(),
      z.array(z.object({ type: z.string().optional() }).catchall(anyJson)).min(1),
    ]),
    previous_response_id: z.string().min(1).nullish(),
    conversation: z.union([z.string().min(1), z.object({ id: z.string().min(1) })]).nullish(),
    stream: z.boolean().nullish(),
    background: z.boolean().nullish(),
    store: z.boolean().nullish(),
    metadata: metadata.nullish(),
  })
  .catchall(anyJson)
  .meta({ id: 'OpenAiResponseRequest' })

/** A parsed body of `POST /v1/responses`. */
export type ResponseRequest = z.infer<typeof responseBody>

const rules: ParameterRules = {
  honoured: new Set(Object.keys(responseBody.shape)),
  others: {
    ...commonRules,
    include: 'ignored',
    stream_options: 'ignored',
    truncation: 'ignored',
    context_management: { neutral: [] },
    instructions: { neutral: [] },
    max_output_tokens: { neutral: [] },
    max_tool_calls: { neutral: [] },
    prompt: { neutral: [] },
    reasoning: {
      neutral: [{}, ...['auto', 'concise', 'detailed'].map((summary) => ({ summary }))],
    },
    text: { neutral: [{}, { format: { type: 'text' } }, { verbosity: 'medium' }] },
  },
}

/** @throws StudioError `bad_request` in OpenAI's words. */
export function parseResponseRequest(body: unknown): ResponseRequest {
  const request = parseBody(responseBody, body)
  checkParameters(request, rules)
  const { background, store, previous_response_id: previous, conversation, model } = request
  if (background && store === false) {
    throw refusal('bad_request', 'A background response must be stored.', { param: 'store' })
  }
  if (previous && conversation) {
    throw refusal('bad_request', 'A response continues a response or a conversation, not both.', {
      param: 'conversation',
      code: 'mutually_exclusive_parameters',
    })
  }
  if (model === undefined && !previous) {
    throw refusal('bad_request', "Missing required parameter: 'model'.", {
      param: 'model',
      code: 'missing_required_parameter',
    })
  }
  return request
}

/** Parses a body. @throws StudioError `bad_request` that names every fault; `param` is the first. */
export function parseBody<T>(schema: z.ZodType<T>, body: unknown): T {
  const result = schema.safeParse(body)
  if (result.success) return result.data
  const faults = result.error.issues.map(({ path, message }) => ({ param: toParam(path), message }))
  const text = faults.map(({ param, message }) => `${param || 'body'}: ${message}`).join('; ')
  throw refusal('bad_request', `Invalid request: ${text}.`, { param: faults[0]?.param || null })
}
