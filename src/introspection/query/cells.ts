import { z } from 'zod'
import type { Json } from '../../lib/json.ts'
import type { Row } from '../../project/database.ts'
import type { Output } from './compile/rows.ts'

/** Starts a truncated cell, as no JSON does: `~<size of the value in bytes>~<its first characters>`. */
export const truncationMarker = '~'

/** A cell whose value was too long to be sent whole; on the wire an item of `cut_cells`. */
export const truncatedCellSchema = z.object({
  row: z.int().nonnegative(),
  field: z.string(),
  /** The size of the whole value as JSON. */
  bytes: z.int().nonnegative(),
})

/** Turns rows into objects by the names of their columns. A truncated cell holds the beginning of its text and is listed. */
export function toObjects(outputs: readonly Output[], rows: readonly Row[]) {
  const truncatedCells: z.infer<typeof truncatedCellSchema>[] = []
  const objects = rows.map((row, rowIndex) =>
    Object.fromEntries(
      outputs.map(({ name, read }, index): [string, Json] => {
        const cell = row[index]
        if (typeof cell !== 'string') return [name, null]
        if (!cell.startsWith(truncationMarker)) return [name, read(cell)]
        const start = truncationMarker.length
        const end = cell.indexOf(truncationMarker, start)
        truncatedCells.push({ row: rowIndex, field: name, bytes: Number(cell.slice(start, end)) })
        return [name, parseBeginning(cell.slice(end + truncationMarker.length))]
      }),
    ),
  )
  return { objects, truncatedCells }
}

/** Decodes the beginning of a JSON string; the beginning of any other JSON text stays as it is. */
function parseBeginning(json: string): string {
  if (!json.startsWith('"')) return json
  const withoutHalfEscape = json.replace(/(?<=(?:^|[^\\])(?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$/, '')
  return JSON.parse(`${withoutHalfEscape}"`) as string
}
