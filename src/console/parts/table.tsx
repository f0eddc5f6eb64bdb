import { signal } from '@preact/signals'
import type { ComponentChildren } from 'preact'
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks'
import { useKeys } from '../app/keys.ts'
import { texts } from '../texts.ts'

/** One column. The cell with the link to the item should hold an `<a class="row-link">`, which then covers the row. */
export interface Column<Item> {
  readonly id: string
  readonly title: ComponentChildren
  /** A track of CSS grid, such as `minmax(80px, 1fr)`. */
  readonly width: string
  readonly align?: 'end'
  /** Left out where there is no room for it, at 640 px and less. */
  readonly wideOnly?: boolean
  cell(item: Item): ComponentChildren
}

/** The rows and columns of a table. */
export interface TableProps<Item> {
  readonly label: string
  readonly columns: readonly Column<Item>[]
  readonly rows: readonly Item[]
  keyOf(item: Item): string
  /** The height of a row in pixels. @default 38 */
  readonly rowHeight?: number
  readonly isMarked?: (item: Item) => boolean
  /** Called with the row that has the focus when `x` is pressed. */
  onSelect?(item: Item): void
  /** Called when the last rows come into sight, to read more. */
  onEnd?(): void
}

/** Rows above and below the visible ones that are there too. */
const spare = 8

const narrow = matchMedia('(max-width: 640px)')
/** True where the window is as narrow as a phone. */
export const isNarrow = signal(narrow.matches)
narrow.addEventListener('change', () => (isNarrow.value = narrow.matches))

/** A table of any number of rows, of which only the visible ones exist. It scrolls by itself; `j` and `k` move in it. */
export function Table<Item>(props: TableProps<Item>) {
  const { label, rows, keyOf, isMarked, onEnd } = props
  const columns = props.columns.filter(({ wideOnly }) => !(wideOnly && isNarrow.value))
  const rowHeight = props.rowHeight ?? 38
  const frame = useRef<HTMLDivElement>(null)
  const { first, last } = useWindow(frame, rowHeight, rows.length)
  useRowKeys(frame, props, rowHeight)
  useAnchor(frame, props, rowHeight)
  useEffect(() => {
    if (last >= rows.length - spare) onEnd?.()
  }, [last, rows.length])
  const tracks = { gridTemplateColumns: columns.map(({ width }) => width).join(' ') }
  return (
    <div class="table" ref={frame}>
      <div role="table" aria-label={label} aria-rowcount={rows.length + 1}>
        <div role="rowgroup" class="table-head">
          <div role="row" style={tracks} aria-rowindex={1}>
            {columns.map(({ id, title, align }) => (
              <span key={id} role="columnheader" class={align}>
                {title}
              </span>
            ))}
          </div>
        </div>
        <div role="rowgroup" class="table-body" style={{ height: `${rows.length * rowHeight}px` }}>
          {rows.slice(first, last).map((item, offset) => (
            <div
              key={keyOf(item)}
              role="row"
              class={isMarked?.(item) ? 'row marked' : 'row'}
              aria-rowindex={first + offset + 2}
              data-row={first + offset}
              style={{
                ...tracks,
                height: `${rowHeight}px`,
                top: `${(first + offset) * rowHeight}px`,
              }}
            >
              {columns.map(({ id, align, cell }) => (
                <span key={id} role="cell" class={align}>
                  {cell(item)}
                </span>
              ))}
            </div>
          ))}
        </div>
      </div>
    </div>
  )
}

interface Ref<T> {
  readonly current: T | null
}

/** Returns which rows can be seen. */
function useWindow(frame: Ref<HTMLElement>, rowHeight: number, count: number) {
  const [{ top, height }, setView] = useState({ top: 0, height: 800 })
  useLayoutEffect(() => {
    const element = frame.current
    if (!element) return
    const read = () => {
      const top = Math.floor(element.scrollTop / rowHeight / 4) * 4
      setView((before) =>
        before.top === top && before.height === element.clientHeight
          ? before
          : { top, height: element.clientHeight },
      )
    }
    read()
    const observer = new ResizeObserver(read)
    observer.observe(element)
    element.addEventListener('scroll', read, { passive: true })
    return () => {
      observer.disconnect()
      element.removeEventListener('scroll', read)
    }
  }, [rowHeight])
  const first = Math.max(0, Math.min(top - spare, count - 1))
  return { first, last: Math.min(count, top + Math.ceil(height / rowHeight) + spare + 4) }
}

/** Keeps the visible rows where they are when others are added above them. */
function useAnchor<Item>(
  frame: Ref<HTMLElement>,
  { rows, keyOf }: TableProps<Item>,
  rowHeight: number,
) {
  const before = useRef<string>(undefined)
  const first = rows[0] === undefined ? undefined : keyOf(rows[0])
  useLayoutEffect(() => {
    const element = frame.current
    const known = before.current
    before.current = first
    if (!element || known === undefined || element.scrollTop < rowHeight) return
    const added = rows.findIndex((row) => keyOf(row) === known)
    if (added > 0) element.scrollTop += added * rowHeight
  }, [first])
}

function useRowKeys<Item>(frame: Ref<HTMLElement>, props: TableProps<Item>, rowHeight: number) {
  const { rows, onSelect } = props
  const pending = useRef(-1) // where the focus goes as soon as the row exists
  const current = () => {
    const row = document.activeElement?.closest<HTMLElement>('[data-row]')
    if (pending.current >= 0) return pending.current
    return row && frame.current?.contains(row) ? Number(row.dataset['row']) : -1
  }
  const focus = (tries: number) => {
    const row = `[data-row="${pending.current}"] :is(a, button)`
    const target = frame.current?.querySelector<HTMLElement>(row)
    if (!target && tries > 0) return void requestAnimationFrame(() => focus(tries - 1))
    target?.focus({ preventScroll: true })
    pending.current = -1
  }
  const move = (step: number) => {
    const element = frame.current
    const next = Math.min(Math.max(current() + step, 0), rows.length - 1)
    if (!element || next < 0) return
    const top = next * rowHeight
    const visible = element.clientHeight - 2 * rowHeight // without the head
    if (top < element.scrollTop) element.scrollTop = top
    if (top > element.scrollTop + visible) element.scrollTop = top - visible
    pending.current = next
    focus(10)
  }
  const select = () => {
    const item = rows[current()]
    if (item !== undefined) onSelect?.(item)
  }
  useKeys([
    { keys: 'j', label: texts.keys.down, run: () => move(1) },
    { keys: 'k', label: texts.keys.up, run: () => move(-1) },
    ...(onSelect ? [{ keys: 'x', label: texts.keys.select, run: select }] : []),
  ])
}
