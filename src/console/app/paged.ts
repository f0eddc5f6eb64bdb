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
  const asked = useRef({ key: '', pages: 1 })
  const key = JSON.stringify(inputs)
  if (asked.current.key !== key) asked.current = { key, pages: 1 }
  const loaded = useLoaded<Paged<Item>>(
    (signal) => readPages(open({ limit: pageSize, signal }), asked.current.pages),
    inputs,
    { everyMs: everyMs * asked.current.pages },
  )
  const { data, reload } = loaded
  const more = () => {
    const read = Math.ceil((data?.items.length ?? 0) / pageSize)
    if (!data?.hasMore || asked.current.pages > read) return
    asked.current.pages = read + 1
    reload()
  }
  return { ...loaded, more }
}

async function readPages<Item>(list: List<Item>, pages: number): Promise<Paged<Item>> {
  const items: Item[] = []
  let cursor: string | null | undefined
  for (let page = 0; page < pages && cursor !== null; page++) {
    const read = await list.page(cursor)
    items.push(...read.items)
    cursor = read.nextCursor
  }
  return { items, hasMore: typeof cursor === 'string' }
}
