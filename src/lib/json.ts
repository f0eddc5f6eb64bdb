import { z } from 'zod'
import { toWellFormed } from './text.ts'

/** Any value that JSON can represent. */
export type Json = string | number | boolean | null | readonly Json[] | JsonObject
/** A JSON object with any members. */
export interface JsonObject {
  readonly [key: string]: Json
}

/** Accepts any JSON value, as `JSON.parse` returns it. */
export const jsonSchema: z.ZodType<Json> = z
  .custom<Json>((value) => value !== undefined, 'must be JSON')
  .meta({ id: 'Json' })

/** Accepts a JSON object: neither an array nor null. */
export const jsonObjectSchema: z.ZodType<JsonObject> = z
  // Without `abort: false` a failure here would hide the other faults of the same object.
  .custom<JsonObject>(isRecord, { error: 'must be a JSON object', abort: false })
  .meta({ id: 'JsonObject' })

/** Is this an object with members to read: neither an array nor null? */
export function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Encodes a value as JSON text, a BigInt as its digits. Returns undefined for a value that `JSON.stringify` drops.
 *
 * @throws TypeError for a value that JSON cannot hold, such as a cycle.
 */
export function toJsonText(value: unknown): string | undefined {
  return JSON.stringify(value, (_key, member: unknown) =>
    typeof member === 'bigint' ? member.toString() : member,
  )
}

/** Copies JSON with NUL and halves of surrogate pairs replaced in all texts and keys, as `toWellFormed` does in one. */
export function toWellFormedJson<T>(value: T): T {
  return mend(value) as T
}

function mend(value: unknown): unknown {
  if (typeof value === 'string') return toWellFormed(value)
  if (Array.isArray(value)) return value.map(mend)
  if (!isRecord(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, member]) => [toWellFormed(key), mend(member)]),
  )
}

/**
 * Returns the paths of the whole numbers that JavaScript may have rounded when it parsed them, because they are beyond
 * 2^53: such as `items.0.id`. Empty when every digit was kept.
 */
export function findRounded(value: unknown, path = ''): string[] {
  if (typeof value === 'number') {
    return Number.isInteger(value) && !Number.isSafeInteger(value) ? [path] : []
  }
  if (typeof value !== 'object' || value === null) return []
  return Object.entries(value).flatMap(([key, member]) =>
    findRounded(member, path === '' ? key : `${path}.${key}`),
  )
}

/** Converts any value to JSON: null for one that `JSON.stringify` drops, text for one that it refuses. */
export function toJson(value: unknown): Json {
  try {
    const text = toJsonText(value)
    return text === undefined ? null : (JSON.parse(text) as Json)
  } catch {
    return String(value)
  }
}
