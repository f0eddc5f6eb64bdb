import { useRef } from 'preact/hooks'
import type { List } from '../../client.ts'
import { type Loaded, useLoaded } from './loaded.ts'

/** The items of a list as far as they were read. */
export interface Paged<Item> {
  readonly items: readonly Item[]
  readonly hasMore: boolean
}

const pageSize = 100

/**
 * Reads a list, as many pages as `more` asked for, and keeps it current. `open` gets the size of a page; the list is read again
 * after `everyMs` for each of its pages.
 */
export function usePaged<Item>(
  open: (options: { readonly limit: number; readonly signal: AbortSignal }) => List<Item>,
  inputs: readonly unknown[],
  everyMs: number,
): Loaded<Paged<Item>> & { more(): void } {
  const known = useRef(emptyList<Item>(''))
  const key = JSON.stringify(inputs)
  if (known.current.key !== key) known.current = emptyList(key)
  const loaded = useLoaded<Paged<Item>>(
    async (signal) => {
      const before = known.current
      const read = await readOn(open({ limit: pageSize, signal }), before)
      if (!signal.aborted && known.current === before) known.current = read
      return { items: read.items, hasMore: typeof read.cursor === 'string' }
    },
    inputs,
    { everyMs: everyMs * known.current.pages },
  )
  const more = () => {
    const { cursor, isAsked } = known.current
    if (typeof cursor !== 'string' || isAsked) return
    known.current = { ...known.current, isAsked: true }
    loaded.reload()
  }
  return { ...loaded, more }
}

interface KnownList<Item> {
  readonly key: string
  readonly items: readonly Item[]
  /** Where the next page begins; null at the end of the list, undefined before the first page. */
  readonly cursor: string | null | undefined
  readonly pages: number
  /** True if the next page was asked for. */
  readonly isAsked: boolean
}

const emptyList = <Item>(key: string): KnownList<Item> => ({
  key,
  items: [],
  cursor: undefined,
  pages: 1,
  isAsked: false,
})

/** Reads the next page if it was asked for, and otherwise all known pages again. */
async function readOn<Item>(list: List<Item>, known: KnownList<Item>): Promise<KnownList<Item>> {
  const { key, pages, isAsked } = known
  if (isAsked && typeof known.cursor === 'string') {
    const { items, nextCursor } = await list.page(known.cursor)
    return {
      key,
      items: [...known.items, ...items],
      cursor: nextCursor,
      pages: pages + 1,
      isAsked: false,
    }
  }
  const items: Item[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < pages && cursor !== null; page++) {
    const read = await list.page(cursor)
    items.push(...read.items)
    cursor = read.nextCursor
  }
  return { key, items, cursor, pages, isAsked: false }
}
