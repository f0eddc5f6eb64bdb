/** A value of OTLP in its JSON form. Whole numbers are texts, because they have 64 bits. */
type OtlpValue =
  | { readonly stringValue: string }
  | { readonly boolValue: boolean }
  | { readonly intValue: string }
  | { readonly doubleValue: number }
  | { readonly arrayValue: { readonly values: readonly OtlpValue[] } }

/** One attribute in its JSON form. */
export interface OtlpAttribute {
  readonly key: string
  readonly value: OtlpValue
}

/** Attributes by name; null and undefined are left out. */
export type Attributes = Readonly<
  Record<string, string | number | boolean | readonly string[] | null | undefined>
>

/** Names of attributes whose numbers are doubles although a value may be whole. */
const doubles = new Set(['gen_ai.response.time_to_first_chunk'])

/** Encodes attributes as OTLP has them in JSON. */
export function toAttributes(attributes: Attributes): OtlpAttribute[] {
  return Object.entries(attributes).flatMap(([key, value]) =>
    value === null || value === undefined ? [] : [{ key, value: toValue(key, value) }],
  )
}

function toValue(key: string, value: NonNullable<Attributes[string]>): OtlpValue {
  if (typeof value === 'string') return { stringValue: value }
  if (typeof value === 'boolean') return { boolValue: value }
  if (typeof value === 'number') {
    const isWhole = Number.isInteger(value) && !doubles.has(key)
    return isWhole ? { intValue: String(value) } : { doubleValue: value }
  }
  return { arrayValue: { values: value.map((item) => ({ stringValue: item })) } }
}

/** Encodes a time as nanoseconds since 1970, as text. */
export function toNanos(time: string): string {
  return `${Date.parse(time)}000000`
}
