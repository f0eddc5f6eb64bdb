import type { ErrorCode } from '../../errors.ts'

// The contracts run under any test runner and on any runtime, so they bring their own assertions.

/** Throws unless both values have the same content. A member that is undefined counts as absent. */
export function equal(actual: unknown, expected: unknown): void {
  check(actual, expected, findDifference(actual, expected, { isPartial: false, path: '' }))
}

/** Throws unless `actual` has the members of `expected`; it may have more. Lists must have the same length. */
export function matches(actual: unknown, expected: unknown): void {
  check(actual, expected, findDifference(actual, expected, { isPartial: true, path: '' }))
}

/** Throws unless the condition holds; the message says what was expected. */
export function holds(condition: boolean, expected: string): void {
  if (!condition) throw failure(`expected ${expected}`)
}

/** Rejects unless the work rejects with an Error; given a code, with an error that has it, as a `StudioError` does. */
export async function rejects(work: Promise<unknown>, code?: ErrorCode): Promise<void> {
  const outcome: unknown = await work.then(
    () => null,
    (error: unknown) => error ?? 'undefined',
  )
  const isExpected =
    outcome instanceof Error &&
    (code === undefined || (outcome as { readonly code?: unknown }).code === code)
  const expected = code === undefined ? 'an Error' : `an Error with code ${code}`
  holds(
    isExpected,
    `a rejection with ${expected}, not ${outcome === null ? 'none' : String(outcome)}`,
  )
}

interface Comparison {
  /** Whether `actual` may have members that `expected` lacks. */
  readonly isPartial: boolean
  readonly path: string
}

/** The first place where the values differ, or null. */
function findDifference(actual: unknown, expected: unknown, place: Comparison): string | null {
  if (Object.is(actual, expected)) return null
  if (
    !isObject(actual) ||
    !isObject(expected) ||
    Array.isArray(actual) !== Array.isArray(expected)
  ) {
    return `${place.path || 'the value'}: expected ${show(expected)}, got ${show(actual)}`
  }
  const isPartial = place.isPartial && !Array.isArray(expected)
  const names = new Set([...Object.keys(expected), ...(isPartial ? [] : Object.keys(actual))])
  for (const name of names) {
    const path = place.path ? `${place.path}.${name}` : name
    const difference = findDifference(actual[name], expected[name], { ...place, path })
    if (difference) return difference
  }
  return null
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null
}

function show(value: unknown): string {
  return value === undefined ? 'undefined' : JSON.stringify(value)
}

function check(actual: unknown, expected: unknown, difference: string | null): void {
  // runners print the values of these two members as a diff
  if (difference) throw Object.assign(failure(difference), { actual, expected })
}

function failure(message: string): Error {
  return Object.assign(new Error(message), { name: 'AssertionError' })
}
