import { badRequest } from '../errors.ts'

/** What a key of a cursor is: a text, a whole number from 0, or a time in ISO 8601. */
export type CursorKey = 'string' | 'number' | 'time'

/** Encodes the sort keys of the last item of a page as an opaque text. */
export function encodeCursor(keys: readonly (string | number | null)[]): string {
  return btoa(JSON.stringify(keys)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Decodes a cursor that `encodeCursor` made from keys of these types.
 *
 * @throws StudioError `bad_request` for any other text.
 */
export function decodeCursor(cursor: string, types: readonly CursorKey[]): (string | number)[] {
  try {
    const keys: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
    const isOurs = Array.isArray(keys) && keys.length === types.length
    if (isOurs && types.every((type, index) => isKey[type](keys[index]))) return keys
  } catch {
    // not base64 or not JSON: the same error as for other keys
  }
  throw badRequest('Invalid query: cursor is not one of ours', [
    { path: 'cursor', message: 'is not a cursor of this list' },
  ])
}

const isoTime = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/

const isKey: Readonly<Record<CursorKey, (key: unknown) => boolean>> = {
  string: (key) => typeof key === 'string',
  number: (key) => Number.isSafeInteger(key) && Number(key) >= 0,
  time: (key) =>
    typeof key === 'string' &&
    isoTime.test(key) &&
    key >= '0001' &&
    new Date(key).toISOString() === key,
}
