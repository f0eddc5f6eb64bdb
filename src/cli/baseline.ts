import { readFile, writeFile } from 'node:fs/promises'
import { z } from 'zod'
import { toBaseline } from '../health/suppress.ts'
import { usageError, commandFailure } from './command.ts'
import type { Findings } from './findings.ts'

const baselineSchema = z.object({ version: z.literal(1), issues: z.array(z.string()) })

/**
 * Reads the ids of known issues. Without a path there are none.
 *
 * @throws Error if the file is missing or is not a baseline.
 */
export async function readBaseline(path: string | undefined): Promise<ReadonlySet<string>> {
  if (path === undefined) return new Set()
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null)
    throw usageError(`Could not read the baseline ${path}; create one with --write-baseline`)
  const { success, data } = baselineSchema.safeParse(parseJson(text))
  if (!success) throw usageError(`${path} is not a baseline; create one with --write-baseline`)
  return new Set(data.issues)
}

/**
 * Writes the ids of all issues to a file and returns their number.
 *
 * @throws Error if the schema could not be checked: a baseline of such a run would hide nothing.
 */
export async function writeBaseline(path: string, { health }: Findings): Promise<number> {
  const system = health.issues.find(({ kind }) => kind === 'system')
  if (system) throw commandFailure(`Did not write ${path}: ${system.message}`)
  const baseline = toBaseline(health.issues)
  await writeFile(path, `${JSON.stringify(baseline, null, 2)}\n`)
  return baseline.issues.length
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}
