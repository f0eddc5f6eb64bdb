import { rules } from '../../src/health/rules/index.ts'
import type { Examined } from './examine.ts'
import { compareWithTable } from './verdicts.ts'

/** The outcome of a run: what is printed, and what is wrong. */
export interface Report {
  readonly lines: readonly string[]
  readonly faults: readonly string[]
}

const isEssential = new Map(rules.map(({ id, isDefault }) => [id, isDefault]))

/** Puts everything that was found out into tables and a list of faults. */
export function toReport(examined: readonly Examined[]): Report {
  const loaded = examined.filter(({ missing }) => missing === null)
  const provablyFalse = examined.flatMap(listFalse)
  const missed = examined.flatMap(listMissed)
  const harmful = examined.flatMap(listHarmful)
  const faults = [...provablyFalse, ...missed, ...harmful, ...compareWithTable(examined)]
  const drift = loaded.flatMap(({ drift: result }) => result ?? [])
  const sum = (numbers: readonly number[]) => numbers.reduce((total, one) => total + one, 0)
  const outcomes = loaded.flatMap(({ outcomes: list }) => list)
  const lines = [
    ...examined.map(printSchema),
    '',
    ...printRules(loaded),
    '',
    `schemas: ${loaded.length} of ${examined.length}`,
    `findings: ${sum(loaded.map(({ issues }) => issues.length))}`,
    `asked in SQL: ${sum(loaded.map(({ asked }) => asked.size))} pairs of schema and rule`,
    `fixes: ${outcomes.length} run, ${outcomes.filter(({ problem }) => problem === null).length} mended`,
    `drift: ${sum(drift.map((one) => one.run))} fixes run, ${sum(drift.map((one) => one.advice))} advice only`,
    `provably false: ${provablyFalse.length}`,
    `missed: ${missed.length}`,
    `harmful fixes: ${harmful.length}`,
  ]
  return { lines, faults }
}

function printSchema({ schema, missing, tables, issues, outcomes, drift }: Examined): string {
  const name = `${schema.name} (${schema.from})`.padEnd(38)
  if (missing !== null) return `${name} skipped: ${missing}`
  const essential = issues.filter(({ rule }) => isEssential.get(rule)).length
  return `${name} ${tables} tables, ${issues.length} findings (${essential} essential), ${outcomes.length} fixes, drift ${drift?.false.length ?? 0}`
}

/** A line for each rule: findings, fixes that were run and that mended, and findings with advice only. */
function printRules(loaded: readonly Examined[]): string[] {
  const header = `${'rule'.padEnd(30)} essential findings  asked    run mended advice`
  const rows = rules.flatMap(({ id, isDefault }) => {
    const issues = loaded.flatMap((one) => one.issues.filter(({ rule }) => rule === id))
    const asked = loaded.filter((one) => one.asked.has(id)).length
    const outcomes = loaded.flatMap((one) => one.outcomes.filter(({ rule }) => rule === id))
    const mended = outcomes.filter(({ problem }) => problem === null).length
    const advice = issues.filter(({ fix }) => fix === null).length
    const numbers = [issues.length, asked, outcomes.length, mended, advice]
    const widths = [8, 6, 6, 6, 6]
    const cells = numbers.map((number, at) => String(number).padStart(widths[at] ?? 6))
    return [`${id.padEnd(30)} ${(isDefault ? 'yes' : 'no').padEnd(9)} ${cells.join(' ')}`]
  })
  return [header, ...rows]
}

function listFalse({ schema, asked, drift }: Examined): string[] {
  const lint = [...asked].flatMap(([rule, { ours }]) =>
    ours.map((path) => `${schema.name}: ${rule} reports ${path}, which a query does not find`),
  )
  const differences = drift?.false ?? []
  return [...lint, ...differences.map(({ id }) => `${schema.name}: ${id} is no drift`)]
}

function listMissed({ schema, asked, drift }: Examined): string[] {
  const lint = [...asked].flatMap(([rule, { theirs }]) =>
    theirs.map((path) => `${schema.name}: ${rule} does not report ${path}, which a query finds`),
  )
  return [...lint, ...(drift?.missed ?? []).map((change) => `${schema.name}: not seen: ${change}`)]
}

function listHarmful({ schema, outcomes, drift }: Examined): string[] {
  const lint = outcomes.flatMap(({ rule, problem }) =>
    problem === null ? [] : [`${schema.name}: the fix of ${rule} ${problem}`],
  )
  return [...lint, ...(drift?.harmful ?? []).map((problem) => `${schema.name}: ${problem}`)]
}
