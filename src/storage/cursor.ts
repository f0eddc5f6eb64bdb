import { badRequest } from '../errors.ts'

/** Encodes the sort keys of the last item of a page as an opaque text. */
export function encodeCursor(keys: readonly (string | number)[]): string {
  return btoa(JSON.stringify(keys)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Decodes a cursor that `encodeCursor` made from keys of these types.
 *
 * @throws StudioError `bad_request` for any other text.
 */
export function decodeCursor(
  cursor: string,
  types: readonly ('string' | 'number')[],
): (string | number)[] {
  try {
    const keys: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
    const isOurs = Array.isArray(keys) && keys.length === types.length
    if (isOurs && types.every((type, index) => typeof keys[index] === type)) return keys
  } catch {
    // not base64 or not JSON: the same error as for other keys
  }
  throw badRequest('Invalid query: cursor is not one of ours', [
    { path: 'cursor', message: 'is not a cursor of this list' },
  ])
}
