/** Orders texts by UTF-16 code units, as `<` does: for `sort`, the same on every host and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Finds every surrogate, also those of whole pairs: most texts have none. */
const surrogate = /[\ud800-\udfff]/

/**
 * Replaces what PostgreSQL and providers refuse in a text, which is NUL and halves of surrogate pairs, with U+FFFD. Returns
 * the same text when it has neither.
 */
export function toWellFormed(text: string): string {
  if (!surrogate.test(text) && !text.includes('\0')) return text
  const half = /\p{Surrogate}/gu
  return text.replaceAll('\0', '\ufffd').replaceAll(half, '\ufffd')
}

/** Returns `1 row`, `2 rows`, with digits in groups of three. */
export function countOf(count: number, noun: string): string {
  return `${count.toLocaleString('en-US')} ${noun}${count === 1 ? '' : 's'}`
}

/** Returns at most `length` UTF-16 code units of a text. A surrogate pair is never cut. */
export function truncateText(text: string, length: number): string {
  return text.slice(0, Math.max(0, length)).replace(/[\uD800-\uDBFF]$/, '')
}
