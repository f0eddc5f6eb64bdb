/** Every key of a type, listed so that the compiler notices a key that is missing or too many. */
export type KnownKeys<T> = { readonly [Key in keyof Required<T>]: true }

/** Words that people use for a key because other libraries do: word → the key, or a hint. */
export type Synonyms = Readonly<Record<string, string>>

/**
 * Refuses an options object with a key that nobody reads, because a misspelt option would silently have no effect.
 *
 * @throws TypeError that names every unknown key and suggests the right one.
 */
export function refuseUnknownKeys(
  what: string,
  value: unknown,
  known: Readonly<Record<string, true>>,
  synonyms: Synonyms = {},
): void {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw new TypeError(`${what} must be an object`)
  }
  const unknown = Object.keys(value).filter((key) => !Object.hasOwn(known, key))
  if (unknown.length === 0) return
  const names = Object.keys(known)
  const faults = unknown.map((key) => {
    const synonym = Object.hasOwn(synonyms, key) ? synonyms[key] : nearest(key, names)
    const hint =
      synonym === undefined ? `known are ${names.join(', ')}` : `did you mean ${synonym}?`
    return `"${key}" is unknown: ${hint}`
  })
  throw new TypeError(`${what}: ${faults.join('; ')}`)
}

/** Returns the name that differs in the fewest letters, unless more than a third of the key would change. */
function nearest(key: string, names: readonly string[]): string | undefined {
  const best = names
    .map((name) => ({ name, distance: distance(key.toLowerCase(), name.toLowerCase()) }))
    .sort((a, b) => a.distance - b.distance)[0]
  const limit = Math.max(1, Math.ceil(key.length / 3))
  return best && best.distance <= limit ? best.name : undefined
}

/** Counts the letters to insert, delete or replace (Levenshtein). Long keys are cut, which limits the cost. */
function distance(a: string, b: string): number {
  const left = a.slice(0, 64)
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (const [i, letter] of [...left].entries()) {
    const next = [i + 1]
    for (const [j, other] of [...b].entries()) {
      const replaced = (row[j] ?? 0) + (letter === other ? 0 : 1)
      next.push(Math.min(replaced, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
