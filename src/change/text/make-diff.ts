import { compareLines } from './edits.ts'
import { splitLines } from './lines.ts'

/** Lines of context before and after a change. */
const context = 3

interface Line {
  readonly sign: ' ' | '-' | '+'
  readonly text: string
}

/** Writes the unified diff of one file, as `git apply` and `patch` read it. Null means that there is no file. */
export function makeDiff(path: string, before: string | null, after: string | null): string {
  const edits = compareLines(splitLines(before ?? ''), splitLines(after ?? ''))
  const signs = { same: ' ', removed: '-', added: '+' } as const
  const lines = edits.flatMap(({ kind, lines: texts }) =>
    texts.map((text): Line => ({ sign: signs[kind], text })),
  )
  const hunks = toRanges(lines).map(([from, to]) => writeHunk(lines, from, to))
  const names = `--- ${before === null ? '/dev/null' : `a/${path}`}\n+++ ${after === null ? '/dev/null' : `b/${path}`}\n`
  return names + hunks.join('')
}

/** Returns the ranges of lines that hunks show: each change with its context, joined where they touch. */
function toRanges(lines: readonly Line[]): [number, number][] {
  const ranges: [number, number][] = []
  for (const [index, { sign }] of lines.entries()) {
    if (sign === ' ') continue
    const [from, to] = [Math.max(0, index - context), Math.min(lines.length, index + context + 1)]
    const last = ranges.at(-1)
    if (last && from <= last[1]) last[1] = to
    else ranges.push([from, to])
  }
  return ranges
}

function writeHunk(lines: readonly Line[], from: number, to: number): string {
  const count = (until: number, sign: '-' | '+', start = 0) =>
    lines.slice(start, until).filter((line) => line.sign === ' ' || line.sign === sign).length
  const range = (sign: '-' | '+') => {
    const length = count(to, sign, from)
    const start = count(from, sign) + (length > 0 ? 1 : 0)
    return length === 1 ? `${start}` : `${start},${length}`
  }
  const body = lines.slice(from, to).map(({ sign, text }) => sign + withEnd(text))
  return `@@ -${range('-')} +${range('+')} @@\n${body.join('')}`
}

function withEnd(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n\\ No newline at end of file\n`
}
