import { splitUnseen } from '../../parts/plain-text.tsx'
import type { Box, PlacedBox } from './layout.ts'
import { type DiagramModel, keyOf } from './models.ts'
import type { schemaTexts as texts } from './texts.ts'

/** Which fields the diagram shows. */
export type ShownFields = keyof typeof texts.fields

/** The heights of the parts of a figure, in pixels. */
export const headHeight = 30
/** The height of a field in a figure. */
export const rowHeight = 20
const width = 230
const mostRows = 24

/** A field in a figure. */
export interface FigureRow {
  readonly name: string
  readonly type: string
  readonly mark: 'PK' | 'FK' | ''
}

/** A model as the diagram draws it. */
export interface Figure extends Box {
  readonly title: string
  readonly rows: readonly FigureRow[]
  /** How many fields are left out. */
  readonly more: number
}

/** Makes the figure of a model. */
export function toFigure(model: DiagramModel, shown: ShownFields): Figure {
  const fields = model.fields.map(({ name, field_type, primary_key, fk_to_model }): FigureRow => {
    const mark = primary_key ? 'PK' : fk_to_model === null ? '' : 'FK'
    return {
      name: cut(name, 22),
      type: cut(shorten(field_type), 36 - Math.min(name.length, 22)),
      mark,
    }
  })
  const chosen =
    shown === 'all' ? fields : shown === 'keys' ? fields.filter(({ mark }) => mark !== '') : []
  const rows = chosen.slice(0, mostRows)
  const more = shown === 'all' ? fields.length - rows.length : chosen.length - rows.length
  const lines = rows.length + (more > 0 ? 1 : 0)
  return {
    id: keyOf(model),
    title: cut(model.name, 27),
    rows,
    more,
    width,
    height: headHeight + lines * rowHeight + (lines > 0 ? 6 : 0),
  }
}

/** Writes the types with the longest names as PostgreSQL lets one write them. */
function shorten(type: string): string {
  return type
    .replace('character varying', 'varchar')
    .replace('timestamp with time zone', 'timestamptz')
    .replace('timestamp without time zone', 'timestamp')
    .replace('double precision', 'float8')
}

/** Shortens a name for a line of the diagram, with characters that do not show themselves named. */
function cut(text: string, most: number): string {
  const safe = splitUnseen(text.slice(0, 200))
    .map((part) => (part.isName ? `[${part.text}]` : part.text))
    .join('')
  const letters = [...safe]
  return letters.length > most ? `${letters.slice(0, Math.max(most - 1, 1)).join('')}…` : safe
}

/** Returns the line of a foreign key from the field to the head of the target, and the marks at its ends: "many" and an arrow. */
export function linkPath(
  from: PlacedBox & Figure,
  to: PlacedBox & Figure,
  field: string | undefined,
): { readonly curve: string; readonly ends: string } {
  const row = from.rows.findIndex(({ name }) => name === field)
  const y = from.y + (row < 0 ? headHeight / 2 : headHeight + (row + 0.5) * rowHeight)
  const targetY = to.y + headHeight / 2
  const isLeft = to.x + to.width / 2 < from.x + from.width / 2
  const isAbove = Math.abs(to.x - from.x) < from.width
  const startsLeft = isLeft && !isAbove
  const start = startsLeft ? from.x : from.x + from.width
  const end = startsLeft || isAbove ? to.x + to.width : to.x
  const out = startsLeft ? -1 : 1
  const into = isAbove || startsLeft ? 1 : -1
  const bend = isAbove ? 40 : Math.max(36, Math.abs(end - start) / 2)
  const curve = `M${start} ${y}C${start + out * bend} ${y} ${end + into * bend} ${targetY} ${end + into * 9} ${targetY}`
  const arrow = `M${end + into * 9} ${targetY - 4}L${end} ${targetY}L${end + into * 9} ${targetY + 4}Z`
  const many = `M${start} ${y - 5}L${start + out * 9} ${y}L${start} ${y + 5}`
  return { curve, ends: arrow + many }
}
