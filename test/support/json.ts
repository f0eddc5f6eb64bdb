/** The value at a dotted path of a parsed JSON value; undefined where the path leads nowhere. */
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

/** The text at a dotted path; a test that finds something else there fails here, and not three lines later. */
export function textAt(value: unknown, path: string): string {
  const found = at(value, path)
  if (typeof found === 'string') return found
  throw new Error(`No text at ${path} of ${JSON.stringify(value)}`)
}

/** The list at a dotted path. */
export function listAt(value: unknown, path: string): unknown[] {
  const found = at(value, path)
  if (Array.isArray(found)) return found
  throw new Error(`No list at ${path} of ${JSON.stringify(value)}`)
}
