import { type DataRow, toText } from './cell.tsx'

/** Writes rows as CSV (RFC 4180). A text that a spreadsheet would run as a formula gets an apostrophe. */
export function toCsv(fields: readonly string[], rows: readonly DataRow[]): string {
  const lines = [fields, ...rows.map((row) => fields.map((field) => toText(row[field])))]
  return lines.map((line) => line.map(toCsvCell).join(',')).join('\r\n') + '\r\n'
}

function toCsvCell(text: string): string {
  const isNumber = /^-?[\d.]+(e[+-]?\d+)?$/i.test(text)
  const safe = /^[=+\-@\t\r]/.test(text) && !isNumber ? `'${text}` : text
  return /[",\r\n]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe
}

/** Writes rows as JSON, with the fields that are shown. */
export function toJson(fields: readonly string[], rows: readonly DataRow[]): string {
  const shown = rows.map((row) => Object.fromEntries(fields.map((field) => [field, row[field]])))
  return JSON.stringify(shown, null, 2)
}

/** Saves a text as a file. */
export function save(name: string, type: string, text: string) {
  const link = document.createElement('a')
  link.href = URL.createObjectURL(new Blob([text], { type }))
  link.download = name.replaceAll(/[^\w.-]+/g, '-').slice(0, 100)
  link.click()
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000)
}
