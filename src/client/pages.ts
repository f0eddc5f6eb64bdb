import { StudioClientError } from './error.ts'
import type { Call } from './send.ts'

/** What every list of the client takes. */
export interface PageOptions {
  /** How many items a page has, up to 100. @default 50 */
  readonly limit?: number
  /** Where to begin: the `nextCursor` of an earlier page. */
  readonly cursor?: string
  readonly signal?: AbortSignal | undefined
}

/** One page of a list. */
export interface ListPage<Item> {
  readonly items: readonly Item[]
  /** Where the next page begins; null at the end. */
  readonly nextCursor: string | null
}

/** A list: iterate over all its items, or read it page by page. */
export interface List<Item> extends AsyncIterable<Item> {
  /** Reads one page. */
  page(cursor?: string): Promise<ListPage<Item>>
}

/** Reads a list. Its pages are requested as they are needed. */
export function listPages<Item>(
  call: <T>(path: string, call?: Call) => Promise<T>,
  path: string,
  key: string,
  { signal, ...query }: PageOptions,
): List<Item> {
  const page = async (cursor: string | undefined = query.cursor): Promise<ListPage<Item>> => {
    const answer = await call<Record<string, unknown>>(path, {
      query: { ...query, cursor },
      signal,
    })
    const { [key]: items, nextCursor = answer['next_cursor'] } = answer
    if (!Array.isArray(items)) {
      throw new StudioClientError('bad_answer', `The answer is not that of a studio: no \`${key}\``)
    }
    return {
      items: items as readonly Item[],
      nextCursor: typeof nextCursor === 'string' ? nextCursor : null,
    }
  }
  return {
    page,
    async *[Symbol.asyncIterator]() {
      for (let cursor = query.cursor; ;) {
        const { items, nextCursor } = await page(cursor)
        yield* items
        if (nextCursor === null) return
        cursor = nextCursor
      }
    },
  }
}
