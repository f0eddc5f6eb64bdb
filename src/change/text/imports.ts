import { lineEndOf, splitLines } from './lines.ts'

const from = String.raw`(?:(?:type\s+)?[^;'"()]*?\bfrom\s*)?(['"])[^'"\n]+\1`
const whole = new RegExp(
  String.raw`^import\s*${from}(?:\s+(?:with|assert)\s*\{[^}]*\})?\s*;?\s*(?://[^\n]*)?\s*$`,
)
const directive = /^(['"])use [a-z ]+\1;?\s*$/

/** No import has more lines. */
const maxLines = 200

/** Returns true for one import statement of JavaScript and nothing else. */
export function isImport(statement: string): boolean {
  return whole.test(statement.trim())
}

/** Inserts an import after those at the top of a file. Returns null when the same import is there already. */
export function addImport(text: string, statement: string): string | null {
  const lines = splitLines(text)
  const end = lineEndOf(text)
  const seen: string[] = []
  let place = lines[0]?.startsWith('#!') ? 1 : 0
  for (let index = place; index < lines.length;) {
    const line = (lines[index] ?? '').trim()
    const length = statementLength(lines, index)
    if (length === 0) break
    if (line.startsWith('import') || directive.test(line)) {
      seen.push(squeeze(lines.slice(index, index + length).join('')))
      place = index + length
    }
    index += length
  }
  if (seen.includes(squeeze(statement))) return null
  const before = lines.slice(0, place)
  const last = before.at(-1)
  if (last !== undefined && !last.endsWith('\n')) before[before.length - 1] = last + end
  return [...before, statement.trim() + end, ...lines.slice(place)].join('')
}

/** How many lines a comment, a blank line, a directive or an import takes; 0 for any other code. */
function statementLength(lines: readonly string[], index: number): number {
  const line = (lines[index] ?? '').trim()
  if (line === '' || line.startsWith('//') || directive.test(line)) return 1
  if (line.startsWith('/*')) {
    const closing = lines.slice(index).findIndex((each) => each.includes('*/'))
    return closing + 1
  }
  if (!/^import\b(?!\s*[.(])/.test(line)) return 0
  for (let length = 1; length <= maxLines && index + length <= lines.length; length++) {
    if (isImport(lines.slice(index, index + length).join(''))) return length
  }
  return 0
}

function squeeze(statement: string): string {
  return statement.replaceAll(/\s+|;\s*$/g, ' ').trim()
}
