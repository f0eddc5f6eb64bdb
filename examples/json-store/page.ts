import { type Page, StudioError } from 'fetch-studio'

/** Which part of a list to return, and how the list is ordered by serial. */
interface PageOf {
  readonly limit: number
  readonly cursor: string | null
  readonly order: 'ascending' | 'descending'
}

/** Cuts a page out of documents that are in list order. The cursor is the serial of its last document. */
export function toPage<Document extends { readonly serial: number }, Item>(
  documents: readonly Document[],
  { limit, cursor, order }: PageOf,
  toItem: (document: Document) => Item,
): Page<Item> {
  const after = cursor === null ? null : parseCursor(cursor)
  const rest = documents.filter(
    ({ serial }) => after === null || (order === 'ascending' ? serial > after : serial < after),
  )
  const page = rest.slice(0, limit)
  const last = page.at(-1)
  return {
    items: page.map(toItem),
    cursor: rest.length > limit && last ? String(last.serial) : null,
  }
}

/** A cursor comes from a client, so it may be anything. */
function parseCursor(cursor: string): number {
  if (/^\d{1,15}$/.test(cursor)) return Number(cursor)
  throw new StudioError('bad_request', 'Invalid query: the cursor is not one of this list')
}
