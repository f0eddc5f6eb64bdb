import { badRequest } from '../errors.ts'

/** Encodes where a page ended as an opaque text. */
export function encodeCursor(keys: readonly (string | number)[]): string {
  return btoa(JSON.stringify(keys)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
}

/**
 * Decodes a cursor that `encodeCursor` made with `length` keys.
 *
 * @throws StudioError `bad_request` for anything else.
 */
export function decodeCursor(cursor: string, length: number): (string | number)[] {
  try {
    const keys: unknown = JSON.parse(atob(cursor.replaceAll('-', '+').replaceAll('_', '/')))
    if (Array.isArray(keys) && keys.length === length && keys.every(isKey)) return keys
  } catch {
    // falls through to the same answer
  }
  throw badRequest('Invalid query: cursor is not one of ours', [
    { path: 'cursor', message: 'is not a cursor of this list' },
  ])
}

function isKey(key: unknown): key is string | number {
  return typeof key === 'string' || typeof key === 'number'
}
