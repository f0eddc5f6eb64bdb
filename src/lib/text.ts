/** Orders texts by UTF-16 code units, as `<` does: for `sort`, the same on every host and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** Returns at most `length` UTF-16 code units of a text. A surrogate pair is never cut. */
export function truncateText(text: string, length: number): string {
  return text.slice(0, Math.max(0, length)).replace(/[\uD800-\uDBFF]$/, '')
}
