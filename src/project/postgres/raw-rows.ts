import type { Row } from '../database.ts'

/** The bytes of each cell of a row in postgres.js, as the server sent them. */
export type RawRow = readonly (Uint8Array | null)[]

/** A result of postgres.js: the columns of one statement, whose rows were passed on as they came. */
export interface RawResult {
  readonly command: string | null
  readonly statement?: {
    readonly columns: readonly { readonly name: string; readonly type: number }[] | null
  } | null
}

/** The decoded rows of one SELECT of a message. */
export interface Selected {
  /** Empty if the SELECT returned no row. */
  readonly firstColumn: string
  readonly rows: readonly Row[]
}

interface Reading extends Selected {
  readonly rows: Row[]
  readonly decode: (row: RawRow) => Row
}

/**
 * Collects the rows of a message, and decodes each one as soon as it arrives: the cells of a large catalog take ten times as
 * much memory while they are bytes of postgres.js. It parses the types that postgres.js parses by default, because the pool
 * of the caller may have parsers and transforms of its own.
 *
 * @see docs/decisions/132-the-pool-of-the-caller.md
 */
export function createRowReader() {
  const readings = new Map<RawResult, Reading>()
  return {
    add(row: RawRow, result: RawResult): void {
      const reading = readings.get(result) ?? startReading(result)
      readings.set(result, reading)
      reading.rows.push(reading.decode(row))
    },
    /** Returns the rows of each result of an answer, in order. The answer to a single statement is that result itself. */
    select(answer: RawResult | readonly RawResult[]): readonly Selected[] {
      const results = 'command' in answer ? [answer] : answer
      return results.map((result) => readings.get(result) ?? { firstColumn: '', rows: [] })
    },
  }
}

function startReading({ statement }: RawResult): Reading {
  const columns = statement?.columns ?? []
  const cells = columns.map(({ type }) => createCellDecoder(parserOf.get(type)))
  const decode = (row: RawRow) =>
    row.map((cell, index) => (cell === null ? null : cells[index]?.(cell)))
  return { firstColumn: columns[0]?.name ?? '', rows: [], decode }
}

const decoder = new TextDecoder()

/** Returns a function that decodes the cells of a column. A value that repeats in the next row is not decoded again. */
function createCellDecoder(
  parse: (text: string) => unknown = String,
): (cell: Uint8Array) => unknown {
  let last: Uint8Array | null = null
  let value: unknown
  return (cell) => {
    if (last !== null && typeof value !== 'object' && isSame(cell, last)) return value
    last = cell
    return (value = parse(decoder.decode(cell)))
  }
}

function isSame(cell: Uint8Array, other: Uint8Array): boolean {
  if (cell.length !== other.length) return false
  for (let at = 0; at < cell.length; at++) if (cell[at] !== other[at]) return false
  return true
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
