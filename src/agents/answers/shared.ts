import { z } from 'zod'
import { type Json, type JsonObject, jsonObjectSchema, jsonSchema } from '../../lib/json.ts'
import type { Usage } from '../../records/usage.ts'

/** A list that its reader does not change. JSON Schema has no word for that, so only the type says it. */
export function listOf<Item extends z.ZodType>(item: Item): z.ZodType<readonly z.output<Item>[]> {
  return z.array(item) as unknown as z.ZodType<readonly z.output<Item>[]>
}

/** Any value that JSON can say. */
export const anyJson: z.ZodType<Json> = jsonSchema

/** An object with any members. */
export const anyObject: z.ZodType<JsonObject> = jsonObjectSchema

/** A whole number from 0. */
export const count = z.int().min(0)

/** An instant: ISO 8601, UTC, milliseconds. */
export const time = z.string().meta({ format: 'date-time' })

/** The tokens that model calls took. */
export const usage: z.ZodType<Usage> = z
  .object({
    inputTokens: z.number(),
    outputTokens: z.number(),
    totalTokens: z.number(),
    cachedInputTokens: z.number(),
    cacheCreationInputTokens: z.number(),
    details: z.record(z.string(), z.number()).exactOptional(),
  })
  .meta({ id: 'Usage', description: 'Tokens. `details` are disjoint counts with a `total`.' })

/** The name and message of an error, without anything that stays on the server. */
export const namedError = z
  .object({
    name: z.string(),
    message: z.string(),
    status: z.int().exactOptional().describe('The HTTP status of the provider of the model.'),
  })
  .meta({ id: 'NamedError', description: 'A failure that was not the end of its run.' })

/** Why a run failed, as its last event says. */
export const runError = z
  .object({
    code: z.enum([
      'max_turns',
      'model_error',
      'timeout',
      'crashed',
      'limit_exceeded',
      'internal_error',
    ]),
    name: z.string(),
    message: z.string(),
    status: z.int().exactOptional().describe('The HTTP status of the provider of the model.'),
  })
  .meta({ id: 'RunError', description: 'Why a run failed.' })

/** Where the trace of a run is found, and the observation that stands for the whole run. */
export const traceRef = z
  .object({ traceId: z.string(), observationId: z.string().exactOptional() })
  .meta({ id: 'TraceRef', description: 'The trace of a run, and its root observation.' })

/** A page or a document that a model cites. */
export const source = z
  .discriminatedUnion('type', [
    z.object({
      type: z.literal('url'),
      url: z.string(),
      id: z.string().exactOptional(),
      title: z.string().exactOptional(),
    }),
    z.object({
      type: z.literal('document'),
      id: z.string().exactOptional(),
      title: z.string().exactOptional(),
      mediaType: z.string().exactOptional(),
      filename: z.string().exactOptional(),
    }),
  ])
  .meta({ id: 'Source', description: 'A page or a document that the model cites.' })

/** One page or document that a model cites. */
export type Source = z.infer<typeof source>

/** A tool that the provider of the model ran by itself. */
export const providerToolCall = z
  .object({ id: z.string(), name: z.string(), status: z.enum(['running', 'done', 'error']) })
  .meta({ id: 'ProviderToolCall', description: 'A tool that the provider ran by itself.' })

/** A call of a tool that the provider of the model ran by itself. */
export type ProviderToolCall = z.infer<typeof providerToolCall>

/** The cursor of the next page. */
export const nextCursor = {
  nextCursor: z.string().exactOptional().describe('Present while there is more.'),
}
