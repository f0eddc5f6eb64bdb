import type { RecordsRow } from './rows.ts'

/** A cell of a record; null if it has no value. */
export type Cell = string | null

/** Returns a function that reads the records of an owner, each time anew. */
export function recordReader<R>(
  rows: readonly RecordsRow[],
  convert: (cells: readonly Cell[]) => R,
): (owner: string) => R[] {
  const texts = new Map(rows)
  return (owner) => Array.from(eachRecord(texts.get(owner) ?? ''), convert)
}

const quote = '"'.charCodeAt(0)
const comma = ','.charCodeAt(0)
const closing = ')'.charCodeAt(0)

/**
 * Reads records that follow each other in a text, as PostgreSQL writes them: `(1,,"a ""b""")(2,c,)`. A cell that is empty is
 * null, and one in quotes has its quotes and backslashes twice.
 */
export function* eachRecord(text: string): Iterable<readonly Cell[]> {
  for (let at = 0; at < text.length; at++) {
    const cells: Cell[] = []
    do {
      const from = at + 1
      at = text.charCodeAt(from) === quote ? endOfQuoted(text, from) : endOfPlain(text, from)
      cells.push(toCell(text.slice(from, at)))
    } while (text.charCodeAt(at) === comma)
    yield cells
  }
}

function endOfPlain(text: string, from: number): number {
  let at = from
  for (; at < text.length; at++) {
    const code = text.charCodeAt(at)
    if (code === comma || code === closing) break
  }
  return at
}

/** Two quotes in a row stand for one. */
function endOfQuoted(text: string, from: number): number {
  let at = from
  do at = text.indexOf('"', at + 1) + 1
  while (text.charCodeAt(at) === quote)
  return at
}

function toCell(cell: string): Cell {
  if (cell === '') return null
  if (cell.charCodeAt(0) !== quote) return cell
  return cell.slice(1, -1).replaceAll('""', '"').replaceAll('\\\\', '\\')
}
