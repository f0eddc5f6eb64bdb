import type { z } from 'zod'
import { badRequest } from '../errors.ts'

/**
 * Parses unknown input with a zod schema.
 *
 * @throws StudioError `bad_request` whose `details` name every fault, not only the first.
 */
export function parse<T>(schema: z.ZodType<T>, input: unknown, what: string): T {
  const result = schema.safeParse(input)
  if (result.success) return result.data
  const faults = result.error.issues.flatMap(toFaults)
  const [first] = faults
  const where = first?.path ? `${first.path}: ` : ''
  throw badRequest(`Invalid ${what}: ${where}${first?.message ?? 'not acceptable'}`, faults)
}

/**
 * A failed union has the issues of each branch. Report the branch that knows all keys or, of several, the one that matched
 * furthest: the caller meant that one.
 */
function toFaults(issue: z.core.$ZodIssue): { path: string; message: string }[] {
  const path = issue.path.map(String)
  if (issue.code === 'invalid_union' && issue.errors.length > 0) {
    const depth = (issues: z.core.$ZodIssue[]) =>
      Math.max(...issues.map((nested) => nested.path.length))
    const rank = (issues: z.core.$ZodIssue[]) =>
      depth(issues) - (issues.some(({ code }) => code === 'unrecognized_keys') ? 99 : 0)
    const best = issue.errors.reduce((a, b) => (rank(b) > rank(a) ? b : a))
    if (depth(best) > 0) {
      return best.flatMap(toFaults).map((fault) => ({
        path: [...path, fault.path].filter(Boolean).join('.'),
        message: fault.message,
      }))
    }
  }
  if (issue.code === 'unrecognized_keys') {
    return issue.keys.map((key) => ({
      path: [...path, key].join('.').slice(0, 200),
      message: `Unrecognized key: "${key.slice(0, 100)}"`,
    }))
  }
  return [{ path: path.join('.'), message: issue.message }]
}

/** Returns query parameters as a record: trimmed, without blank ones, the first value of a repeated one. */
export function queryRecord({ searchParams }: URL): Record<string, string> {
  const record: Record<string, string> = Object.create(null)
  for (const [name, value] of searchParams) {
    const trimmed = value.trim()
    if (trimmed !== '' && !(name in record)) record[name] = trimmed
  }
  return record
}
