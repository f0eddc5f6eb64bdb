import { JsonView } from '../../parts/json-view.tsx'
import { Name, PlainText } from '../../parts/plain-text.tsx'
import { dataTexts } from './texts.ts'

/** One row of an answer. */
export type DataRow = Readonly<Record<string, unknown>>

/** Writes a value as text, as it stands in a cell, a filter or a CSV file. */
export function toText(value: unknown): string {
  if (typeof value === 'string') return value
  return value === null || value === undefined ? '' : JSON.stringify(value)
}

/** A value on one line. */
export function Cell({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined) return <i class="null">{dataTexts.null}</i>
  if (value === '') return <i class="null">''</i>
  return <Name text={toText(value).slice(0, 400)} max={160} />
}

/** A whole value, as the panel of a row shows it. */
export function WholeCell({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined) return <i class="null">{dataTexts.null}</i>
  if (typeof value === 'object') return <JsonView value={value} />
  return <PlainText text={toText(value)} />
}
