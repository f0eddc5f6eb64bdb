import { badRequest } from '../../errors.ts'
import { encodeCursor } from '../cursor.ts'
import type { Page, PageRequest } from '../page.ts'
import type { Stores } from '../store.ts'

/** How a list is read and ordered. */
export interface MergedList<Item, Filter extends PageRequest> {
  list(shard: Stores, filter: Filter): Promise<Page<Item>>
  /** Below 0 when the first item comes first. Items of one shard are in this order already. */
  compare(first: Item, second: Item): number
}

/** The cursor of the next page in one shard: empty for the first page, null at the end of its list. */
type Place = string | null

/**
 * Reads one page of the lists of all shards, merged. Rejects when a shard does not answer, because a page without its items
 * would look as if there were none.
 */
export async function readMergedPage<
  Item extends { readonly id: string },
  Filter extends PageRequest,
>(
  shards: readonly Stores[],
  filter: Filter,
  merged: MergedList<Item, Filter>,
): Promise<Page<Item>> {
  const places = filter.cursor === null ? null : decodePlaces(filter.cursor, shards.length)
  const pages = await Promise.all(
    shards.map(async (shard, index) => {
      const place = places ? (places[index] ?? null) : ''
      const page = place === null ? null : await merged.list(shard, toPart(filter, place))
      return { shard, place, items: page?.items ?? [], next: page?.cursor ?? null }
    }),
  )
  const taken = pages.map(() => 0)
  const items: Item[] = []
  while (items.length < filter.limit) {
    const index = findFirst(
      pages.map((page, shard) => page.items[taken[shard] ?? 0]),
      merged.compare,
    )
    const item = pages[index]?.items[taken[index] ?? 0]
    if (item === undefined) break
    items.push(item)
    taken[index] = (taken[index] ?? 0) + 1
  }
  const nextPlaces = await Promise.all(
    pages.map(async ({ shard, place, next, items: all }, index): Promise<Place> => {
      const last = all[(taken[index] ?? 0) - 1]
      if (place === null || taken[index] === all.length) return next
      const count = taken[index] ?? 0
      return last ? findCursor({ shard, place, count, last }, filter, merged) : place
    }),
  )
  const isLast = nextPlaces.every((place) => place === null)
  return { items, cursor: isLast ? null : encodeCursor(nextPlaces) }
}

const toPart = <Filter extends PageRequest>(
  filter: Filter,
  place: string,
  limit = filter.limit,
) => {
  return { ...filter, limit, cursor: place === '' ? null : place }
}

/** The most lists that are read for a cursor. Each further one is needed only if the list has changed meanwhile. */
const maxReads = 5

/** Finds the cursor after an item that is not the last one of its page: a page that ends with the item has it. */
async function findCursor<Item extends { readonly id: string }, Filter extends PageRequest>(
  { shard, place, count, last }: { shard: Stores; place: string; count: number; last: Item },
  filter: Filter,
  { list }: MergedList<Item, Filter>,
): Promise<Place> {
  let limit = count
  for (let read = 1; ; read++) {
    const page = await list(shard, toPart(filter, place, limit))
    const index = page.items.findIndex(({ id }) => id === last.id)
    if (index === limit - 1 || read === maxReads) return page.cursor
    limit = index < 0 ? limit + 1 : index + 1
  }
}

/** Returns the index of the item that comes first; -1 when all lists have ended. */
function findFirst<Item>(
  heads: readonly (Item | undefined)[],
  compare: (first: Item, second: Item) => number,
): number {
  let found = -1
  for (const [index, head] of heads.entries()) {
    const best = heads[found]
    if (head !== undefined && (best === undefined || compare(head, best) < 0)) found = index
  }
  return found
}

/** @throws StudioError `bad_request` for a text that `encodeCursor` did not make from places, or not for so many shards. */
function decodePlaces(cursor: string, count: number): Place[] {
  try {
    const places: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
    const isOurs = Array.isArray(places) && places.length > 0 && places.length <= count
    if (isOurs && places.every(isPlace) && places.some((place) => place !== null)) return places
  } catch {
    // not base64 or not JSON: the same error as for other texts
  }
  throw badRequest('Invalid query: cursor is not one of ours', [
    { path: 'cursor', message: 'is not a cursor of this list' },
  ])
}

const isPlace = (place: unknown): place is Place => place === null || typeof place === 'string'

/** Compares times and ids, the latest first. */
export function latestFirst(first: [string, string], second: [string, string]): number {
  return earliestFirst(second, first)
}

/** Compares times and ids, the earliest first. */
export function earliestFirst(first: [string, string], second: [string, string]): number {
  const index = first[0] === second[0] ? 1 : 0
  if (first[index] === second[index]) return 0
  return String(first[index]) < String(second[index]) ? -1 : 1
}
