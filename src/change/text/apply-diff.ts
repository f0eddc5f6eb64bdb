import { splitLines } from './lines.ts'

/** The text after a diff, or why the diff does not fit. */
export type DiffOutcome = { readonly text: string } | { readonly fault: string }

interface Hunk {
  readonly start: number
  readonly before: readonly string[]
  readonly after: readonly string[]
}

const header = /^@@ -(\d+)(?:,(\d+))? \+\d+(?:,(\d+))? @@/

/**
 * Applies a unified diff of one file. Every context line and every removed line must stand exactly where the diff says: a diff
 * of another version of the file is refused.
 */
export function applyDiff(text: string, diff: string): DiffOutcome {
  const hunks = parseHunks(diff)
  if ('fault' in hunks) return hunks
  const lines = splitLines(text)
  const result: string[] = []
  let place = 0
  for (const [index, { start, before, after }] of hunks.entries()) {
    if (start < place) return { fault: `hunk ${index + 1} overlaps the one before it` }
    const wrong = before.findIndex((line, offset) => lines[start + offset] !== line)
    if (wrong >= 0) {
      return {
        fault: `hunk ${index + 1} does not fit: line ${start + wrong + 1} of the file is another one`,
      }
    }
    result.push(...lines.slice(place, start), ...after)
    place = start + before.length
  }
  const whole = [...result, ...lines.slice(place)]
  const isCut = whole.slice(0, -1).some((line) => !line.endsWith('\n'))
  return isCut
    ? { fault: 'the diff has a line without an end before the last one' }
    : { text: whole.join('') }
}

function parseHunks(diff: string): Hunk[] | { readonly fault: string } {
  const lines = splitLines(diff)
  const hunks: Hunk[] = []
  let index = lines.findIndex((line) => header.test(line))
  if (index < 0) return { fault: 'the diff has no hunk, which begins with "@@ -1,2 +1,3 @@"' }
  if (lines.slice(0, index).filter((line) => line.startsWith('--- ')).length > 1) {
    return { fault: 'the diff is about more than one file' }
  }
  while (index < lines.length) {
    const [, start, removed = '1', added = '1'] = header.exec(lines[index] ?? '') ?? []
    if (start === undefined) return { fault: `line ${index + 1} of the diff is not a hunk header` }
    const hunk = readBody(lines, index + 1, { removed: Number(removed), added: Number(added) })
    if ('fault' in hunk) return hunk
    hunks.push({ ...hunk, start: removed === '0' ? Number(start) : Number(start) - 1 })
    index = hunk.end
  }
  return hunks
}

function readBody(
  lines: readonly string[],
  from: number,
  counts: { readonly removed: number; readonly added: number },
): (Omit<Hunk, 'start'> & { readonly end: number }) | { readonly fault: string } {
  const before: string[] = []
  const after: string[] = []
  let index = from
  for (; before.length < counts.removed || after.length < counts.added; index++) {
    const line = lines[index]
    if (line === undefined) return { fault: 'the diff ends within a hunk' }
    const isCut = lines[index + 1]?.startsWith('\\') ?? false
    // the sign is at the start; a blank context line may have lost it
    const text = line === '\n' || line === '\r\n' ? line : line.slice(1)
    const content = isCut ? text.replace(/\r?\n$/, '') : withEnd(text)
    const sign = line === '\n' || line === '\r\n' ? ' ' : line[0]
    if (sign !== ' ' && sign !== '-' && sign !== '+') {
      return { fault: `line ${index + 1} of the diff begins with neither " ", "-" nor "+"` }
    }
    if (sign !== '+') before.push(content)
    if (sign !== '-') after.push(content)
    if (isCut) index++
  }
  if (before.length > counts.removed || after.length > counts.added) {
    return { fault: `the hunk at line ${from} of the diff has more lines than its header says` }
  }
  return { before, after, end: index }
}

function withEnd(line: string): string {
  return line.endsWith('\n') ? line : `${line}\n` // the last line of a diff whose own end was cut
}
