/** Returns the value at a dotted path of parsed JSON, or undefined if there is none. */
export function at(value: unknown, path: string): unknown {
  return path
    .split('.')
    .reduce<unknown>(
      (inner, step) =>
        typeof inner === 'object' && inner !== null
          ? (inner as Record<string, unknown>)[step]
          : undefined,
      value,
    )
}

/** Returns the string at a dotted path. Throws on any other value, so that a test fails at the cause. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path)
  if (typeof found === 'string') return found
  throw new Error(`No text at ${path} of ${JSON.stringify(value)}`)
}

/** Returns the array at a dotted path; throws on any other value. */
export function listAt(value: unknown, path: string): unknown[] {
  const found = at(value, path)
  if (Array.isArray(found)) return found
  throw new Error(`No list at ${path} of ${JSON.stringify(value)}`)
}
