/**
 * Checks an option that is a duration and returns it. Any positive finite number is one; fractions are allowed.
 *
 * @throws TypeError that names the option.
 */
export function checkDuration(
  option: string,
  value: unknown,
  { zero = false, infinite = false }: { readonly zero?: boolean; readonly infinite?: boolean } = {},
): number {
  const isNumber = typeof value === 'number' && !Number.isNaN(value)
  const fits = isNumber && (zero ? value >= 0 : value > 0) && (infinite || value !== Infinity)
  if (fits) return value
  const least = zero ? 'of at least 0' : 'above 0'
  const also = infinite ? ', or Infinity' : ''
  throw new TypeError(
    `${option} must be a number of milliseconds ${least}${also}, not ${shown(value)}`,
  )
}

/**
 * Checks an option that counts something and returns it.
 *
 * @throws TypeError that names the option.
 */
export function checkCount(
  option: string,
  value: unknown,
  least: number,
  most: number = Number.MAX_SAFE_INTEGER,
): number {
  if (Number.isInteger(value) && (value as number) >= least && (value as number) <= most) {
    return value as number
  }
  const range = most === Number.MAX_SAFE_INTEGER ? `from ${least}` : `from ${least} to ${most}`
  throw new TypeError(`${option} must be a whole number ${range}, not ${shown(value)}`)
}

/** `String` throws for some objects, and `JSON` for others. */
function shown(value: unknown): string {
  return typeof value === 'number' ? String(value) : `a ${typeof value}`
}
