/** Orders texts by UTF-16 code units, as `<` does: for `sort`, the same on every host and in every locale. */
export function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}
