import { z } from 'zod'

/** What JSON can hold. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
/** A JSON object. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Any JSON value, as `JSON.parse` gives it. */
export const jsonSchema: z.ZodType<Json> = z.custom<Json>(
  (value) => value !== undefined,
  'must be JSON',
)

/** A JSON object: neither an array nor null. */
export const jsonObjectSchema: z.ZodType<JsonObject> = z.custom<JsonObject>(
  (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
  // Without `abort` a failure here would keep other checks of the same object from being reported.
  { error: 'must be a JSON object', abort: false },
)

/** Turns any value into JSON: what `JSON.stringify` drops becomes null, what it refuses becomes its text. */
export function toJson(value: unknown): Json {
  try {
    const text = JSON.stringify(value, (_key, member: unknown) =>
      typeof member === 'bigint' ? member.toString() : member,
    )
    return text === undefined ? null : (JSON.parse(text) as Json)
  } catch {
    return String(value)
  }
}
