import type { ComponentChildren, VNode } from 'preact'
import { useRef, useState } from 'preact/hooks'
import { texts } from '../texts.ts'
import { type Block, parseBlocks } from './blocks.ts'
import { Button, CopyButton } from './button.tsx'
import { drawOnChange } from './draw-on-change.ts'
import { parseInline } from './inline.tsx'
import { PlainText } from './plain-text.tsx'

/** How many characters are shown before a click, so that an answer of megabytes does not stop the page. */
const shownFirst = 30_000

/** Text of unknown origin with the marks of Markdown. It becomes elements of this list, never HTML. */
export function Markdown({ text }: { readonly text: string }) {
  const [isWhole, setWhole] = useState(false)
  const isCut = !isWhole && text.length > shownFirst
  const shown = isCut ? text.slice(0, shownFirst) : text
  return (
    <div class="markdown" dir="auto">
      {showBlocks(useBlocks(shown))}
      {isCut && (
        <Button kind="bare" onClick={() => setWhole(true)}>
          {texts.showAll} ({texts.characters(text.length)})
        </Button>
      )}
    </div>
  )
}

/**
 * Returns the blocks of a text. While it grows, as an answer does that streams, only its last two blocks are parsed and drawn
 * anew: what follows may join these, and no earlier ones.
 */
function useBlocks(given: string): readonly Block[] {
  const text = given.replaceAll('\r\n', '\n')
  const last = useRef(nothing)
  if (!text.startsWith(last.current.text)) last.current = nothing
  const { current: before } = last
  if (before.text !== text) {
    // a copy, because lines are views that keep the whole text in memory
    const lines = text.slice(before.from).split('').join('').split('\n')
    const fresh = parseBlocks(lines)
    const blocks = [...before.blocks.slice(0, before.settled), ...fresh.map(({ block }) => block)]
    const done = Math.max(0, fresh.length - 2)
    last.current = {
      text,
      blocks,
      settled: before.settled + done,
      from: lines
        .slice(0, fresh[done]?.at ?? 0)
        .reduce((from, line) => from + line.length + 1, before.from),
    }
  }
  return last.current.blocks
}

interface Parsed {
  readonly text: string
  readonly blocks: readonly Block[]
  /** How many blocks stay as they are, and where the text of the others begins. */
  readonly settled: number
  readonly from: number
}

const nothing: Parsed = { text: '', blocks: [], settled: 0, from: 0 }

function showBlocks(blocks: readonly Block[]): ComponentChildren {
  return blocks.map((block, index) => <BlockView key={index} block={block} />)
}

const BlockView = drawOnChange(({ block }: { readonly block: Block }): VNode => {
  switch (block.kind) {
    case 'heading':
      // One level below the headings of the page, because a text may begin at any level.
      return <h3 class={block.level < 3 ? 'large' : undefined}>{parseInline(block.text)}</h3>
    case 'paragraph':
      return <p>{parseInline(block.text)}</p>
    case 'code':
      return (
        <div class="code-block">
          <CopyButton text={block.text} />
          <PlainText text={block.text} code />
        </div>
      )
    case 'quote':
      return <blockquote>{showBlocks(block.blocks)}</blockquote>
    case 'rule':
      return <hr />
    case 'table':
      return <TableView head={block.head} rows={block.rows} />
    case 'list': {
      const items = block.items.map((item, index) => <li key={index}>{showItem(item)}</li>)
      return block.start === null ? <ul>{items}</ul> : <ol start={block.start}>{items}</ol>
    }
  }
})

/** An item that is one paragraph has no space around it. */
function showItem(blocks: readonly Block[]): ComponentChildren {
  const [first, ...rest] = blocks
  if (first?.kind !== 'paragraph') return showBlocks(blocks)
  return [parseInline(first.text), showBlocks(rest)]
}

function TableView({ head, rows }: Omit<Extract<Block, { kind: 'table' }>, 'kind'>) {
  return (
    <div class="table-frame" tabIndex={0} role="region" aria-label={head.join(', ').slice(0, 100)}>
      <table>
        <thead>
          <tr>
            {head.map((cell, index) => (
              <th key={index}>{parseInline(cell)}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 500).map((row, index) => (
            <tr key={index}>
              {row.map((cell, index) => (
                <td key={index}>{parseInline(cell)}</td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
