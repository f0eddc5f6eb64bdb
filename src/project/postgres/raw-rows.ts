import { atOnce, mapSteps, type Steps } from '../../lib/steps/turns.ts'
import type { Row } from '../database.ts'

/** The result of one SELECT of a message in postgres.js: the bytes of each cell, as the server sent them. */
export type RawResult = readonly (readonly (Uint8Array | null)[])[] & {
  readonly columns?: readonly { readonly name: string; readonly type: number }[] | null
}

const decoder = new TextDecoder()

/**
 * Decodes the rows of a result in place, so that no one may decode them again. It parses the types that postgres.js parses by default, because the pool of the caller may
 * have parsers and transforms of its own.
 *
 * @see docs/decisions/132-the-pool-of-the-caller.md
 */
export function toRows(rows: RawResult): readonly Row[] {
  return atOnce(toRowsInSteps(rows))
}

/** Does the work of `toRows` in steps, one for each row. */
export function toRowsInSteps(rows: RawResult): Steps<readonly Row[]> {
  const parsers = (rows.columns ?? []).map(({ type }) => parserOf.get(type))
  return mapSteps(rows, (row) => {
    // In place, because the bytes of a large catalog beside its texts would take a hundred megabytes more.
    const cells = row as unknown[]
    for (const [index, cell] of row.entries()) {
      if (cell === null) continue
      const text = decoder.decode(cell)
      const parse = parsers[index]
      cells[index] = parse ? parse(text) : text
    }
    return cells
  })
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
