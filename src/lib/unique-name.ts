/**
 * Returns the name itself, or the first of `name-2`, `name-3`, … that is still free. The caller stores the result.
 *
 * @param isTaken Returns true for a name that another item has.
 * @param options `separator` stands before the number. `maxLength` limits the result; a longer name loses its end, never
 *   its number.
 */
export function uniqueName(
  name: string,
  isTaken: (name: string) => boolean,
  options: { readonly separator?: '-' | '_'; readonly maxLength?: number } = {},
): string {
  const { separator = '-', maxLength = Infinity } = options
  for (let copy = 1; ; copy++) {
    const suffix = copy === 1 ? '' : `${separator}${copy}`
    const candidate = name.slice(0, maxLength - suffix.length) + suffix
    if (!isTaken(candidate)) return candidate
  }
}
