/** One block of Markdown. Texts are not yet parsed for what is inside a line. */
export type Block =
  | { readonly kind: 'heading'; readonly level: number; readonly text: string }
  | { readonly kind: 'paragraph'; readonly text: string }
  | { readonly kind: 'code'; readonly language: string; readonly text: string }
  | { readonly kind: 'quote'; readonly blocks: readonly Block[] }
  | { readonly kind: 'rule' }
  | {
      readonly kind: 'table'
      readonly head: readonly string[]
      readonly rows: readonly (readonly string[])[]
    }
  | {
      readonly kind: 'list'
      readonly start: number | null
      readonly items: readonly (readonly Block[])[]
    }

/** Lists and quotes in each other are parsed this deep; what is deeper is text. */
const deepest = 8

const fence = /^ {0,3}(`{3,}|~{3,}) *([\w+#.-]{0,40})/
const heading = /^ {0,3}(#{1,6})\s+(.*?)\s*#*\s*$/
const rule = /^ {0,3}([-*_])(?: *\1){2,} *$/
const bullet = /^( {0,12})(?:([-*+])|(\d{1,9})[.)])(?: +|$)/
const quote = /^ {0,3}> ?/
const tableRule = /^ {0,3}\|?(?: *:?-{1,200}:? *\|){1,60}(?: *:?-{1,200}:? *)?\|? *$/

/**
 * Parses the lines of Markdown, and returns each block with the line at which it begins. Every line is looked at once for each
 * level of its nesting, so long texts are no danger.
 */
export function parseBlocks(
  lines: readonly string[],
  depth = 0,
): readonly { readonly at: number; readonly block: Block }[] {
  const blocks = []
  for (let at = 0; at < lines.length;) {
    if ((lines[at] ?? '').trim() === '') {
      at++
      continue
    }
    const [block, next] = readBlock(lines, at, depth)
    blocks.push({ at, block })
    at = next
  }
  return blocks
}

const readBlocks = (lines: readonly string[], depth: number): readonly Block[] =>
  parseBlocks(lines, depth).map(({ block }) => block)

type Read = readonly [Block, number]

function readBlock(lines: readonly string[], at: number, depth: number): Read {
  const line = lines[at] ?? ''
  const opened = fence.exec(line)
  if (opened) return readCode(lines, at, { mark: opened[1] ?? '', language: opened[2] ?? '' })
  const head = heading.exec(line)
  if (head) return [{ kind: 'heading', level: head[1]?.length ?? 1, text: head[2] ?? '' }, at + 1]
  if (rule.test(line)) return [{ kind: 'rule' }, at + 1]
  if (quote.test(line) && depth < deepest) return readQuote(lines, at, depth)
  if (bullet.test(line) && depth < deepest) return readList(lines, at, depth)
  if (line.includes('|') && tableRule.test(lines[at + 1] ?? '')) return readTable(lines, at)
  return readParagraph(lines, at)
}

function readCode(
  lines: readonly string[],
  from: number,
  { mark, language }: { readonly mark: string; readonly language: string },
): Read {
  let at = from + 1
  while (at < lines.length && !(lines[at] ?? '').trim().startsWith(mark)) at++
  return [{ kind: 'code', language, text: lines.slice(from + 1, at).join('\n') }, at + 1]
}

function readQuote(lines: readonly string[], from: number, depth: number): Read {
  let at = from
  while (at < lines.length && quote.test(lines[at] ?? '')) at++
  const inside = lines.slice(from, at).map((line) => line.replace(quote, ''))
  return [{ kind: 'quote', blocks: readBlocks(inside, depth + 1) }, at]
}

function readList(lines: readonly string[], from: number, depth: number): Read {
  const [, , , number] = bullet.exec(lines[from] ?? '') ?? []
  const items: (readonly Block[])[] = []
  let at = from
  for (;;) {
    const found = bullet.exec(lines[at] ?? '')
    if (!found || rule.test(lines[at] ?? '') || (found[3] === undefined) !== (number === undefined))
      break
    const width = found[0].length
    const inside = [(lines[at] ?? '').slice(width)]
    for (at++; at < lines.length; at++) {
      const line = lines[at] ?? ''
      const indent = line.length - line.trimStart().length
      if (line.trim() !== '' && indent < Math.min(width, (found[1]?.length ?? 0) + 2)) break
      inside.push(line.slice(Math.min(indent, width)))
    }
    items.push(readBlocks(inside, depth + 1))
  }
  return [{ kind: 'list', start: number === undefined ? null : Number(number), items }, at]
}

function readTable(lines: readonly string[], from: number): Read {
  let at = from + 2
  while (at < lines.length && (lines[at] ?? '').includes('|')) at++
  const rows = lines.slice(from + 2, at).map(readCells)
  return [{ kind: 'table', head: readCells(lines[from] ?? ''), rows }, at]
}

function readCells(line: string): string[] {
  const inner = line.trim().replace(/^\|/, '').replace(/\|$/, '')
  return inner.split(/(?<!\\)\|/).map((cell) => cell.trim().replaceAll('\\|', '|'))
}

function readParagraph(lines: readonly string[], from: number): Read {
  let at = from + 1
  while (at < lines.length && !endsParagraph(lines[at] ?? '')) at++
  return [{ kind: 'paragraph', text: lines.slice(from, at).join('\n') }, at]
}

function endsParagraph(line: string): boolean {
  return (
    line.trim() === '' ||
    fence.test(line) ||
    heading.test(line) ||
    quote.test(line) ||
    bullet.test(line)
  )
}
