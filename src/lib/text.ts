/** Orders texts by UTF-16 code units, as `<` does: for `sort`, the same on every host and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/**
 * Replaces what PostgreSQL and providers refuse in a text, which is NUL and halves of surrogate pairs, with U+FFFD. Returns
 * the same text when it has neither.
 */
export function toWellFormed(text: string): string {
  const half = /\p{Surrogate}/gu
  return text.replaceAll('\0', '\ufffd').replaceAll(half, '\ufffd')
}

/** Returns the first UTF-16 units of a text, at most `length`, without half of a surrogate pair at the end. */
export function cutText(text: string, length: number): string {
  return text.slice(0, length).replace(/[\ud800-\udbff]$/, '')
}
