import type { Row } from '../database.ts'

/** The result of one SELECT of a message in postgres.js: the bytes of each cell, as the server sent them. */
export type RawResult = readonly (readonly (Uint8Array | null)[])[] & {
  readonly columns?: readonly { readonly name: string; readonly type: number }[] | null
}

const decoder = new TextDecoder()

/**
 * Decodes the rows of a result. It parses the types that postgres.js parses by default, because the pool of the caller may
 * have parsers and transforms of its own.
 *
 * @see docs/decisions/132-the-pool-of-the-caller.md
 */
export function toRows(rows: RawResult): readonly Row[] {
  const parsers = (rows.columns ?? []).map(({ type }) => parserOf.get(type))
  return rows.map((row) =>
    row.map((cell, index) => {
      if (cell === null) return null
      const text = decoder.decode(cell)
      const parse = parsers[index]
      return parse ? parse(text) : text
    }),
  )
}

const toDate = (text: string) => new Date(text)
const toJson = (text: string): unknown => JSON.parse(text)

/** By the oid of a type: bool, then integers and floats of at most eight bytes, json and jsonb, and points in time. */
const parserOf: ReadonlyMap<number, (text: string) => unknown> = new Map([
  [16, (text: string) => text === 't'],
  ...[21, 23, 26, 700, 701].map((type) => [type, Number] as const),
  ...[114, 3802].map((type) => [type, toJson] as const),
  ...[1082, 1114, 1184].map((type) => [type, toDate] as const),
])
