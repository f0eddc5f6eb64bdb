/**
 * Checks the option `onDisconnect` and returns it.
 *
 * @throws TypeError unless it is `continue` or `cancel`.
 */
export function checkOnDisconnect<T extends string | null>(value: T): T {
  if (value === null || value === 'continue' || value === 'cancel') return value
  throw new TypeError("onDisconnect must be 'continue' or 'cancel'")
}
