import { z } from 'zod'
import type { Json } from '../../lib/json.ts'
import type { Row } from '../../project/database.ts'
import type { Field } from '../../project/model.ts'
import { cutMark } from './plan.ts'

/** A value too long to be answered whole. */
export const cutCellSchema = z.object({
  row: z.int().nonnegative(),
  field: z.string(),
  /** The size of the whole value as JSON. */
  bytes: z.int().nonnegative(),
})
/** A value too long to be answered whole. */
export type CutCell = z.infer<typeof cutCellSchema>

/** Makes objects of rows. A cell that was cut is the first part of its text, and is listed. */
export function toObjects(fields: readonly Field[], rows: readonly Row[]) {
  const cutCells: CutCell[] = []
  const objects = rows.map((row, at) =>
    Object.fromEntries(
      fields.map(({ name }, index): [string, Json] => {
        const cell = row[index]
        if (typeof cell !== 'string') return [name, null]
        if (!cell.startsWith(cutMark)) return [name, JSON.parse(cell) as Json]
        const end = cell.indexOf(cutMark, cutMark.length)
        cutCells.push({ row: at, field: name, bytes: Number(cell.slice(cutMark.length, end)) })
        return [name, toFirstPart(cell.slice(end + cutMark.length))]
      }),
    ),
  )
  return { objects, cutCells }
}

/** Reads the beginning of a JSON text: of a string what it says, of anything else the JSON as it stands. */
function toFirstPart(json: string): string {
  if (!json.startsWith('"')) return json
  const whole = json.replace(/(?<=(?:^|[^\\])(?:\\\\)*)\\(?:u[0-9a-fA-F]{0,3})?$/, '')
  return JSON.parse(`${whole}"`) as string
}
