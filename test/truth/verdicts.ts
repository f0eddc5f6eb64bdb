import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Examined } from './examine.ts'

/** The committed table: what each rule finds in each schema, and whether it is true. */
export const verdictsFile = fileURLToPath(new URL('verdicts.tsv', import.meta.url))

/** One row of the table. */
export interface Verdict {
  readonly schema: string
  readonly rule: string
  readonly count: number
  /** `true`: a defect or a risk. `minor`: the statement is true, and whether it matters is a matter of taste. `false`: a fault of the rule. */
  readonly verdict: 'true' | 'minor' | 'false' | 'unchecked'
  /** `query`: an independent query finds the same objects. `read`: a person read the findings beside the DDL. */
  readonly basis: 'query' | 'read'
}

const head = 'schema\trule\tfindings\tverdict\tbasis'

/** Reads the committed table. */
export function readVerdicts(): readonly Verdict[] {
  const lines = readFileSync(verdictsFile, 'utf8').trim().split('\n').slice(1)
  return lines.map((line) => {
    const [schema = '', rule = '', count = '', verdict = '', basis = ''] = line.split('\t')
    return { schema, rule, count: Number(count), verdict, basis } as Verdict
  })
}

/** Counts the findings of each rule in each schema, and keeps the verdicts of the committed table. */
export function toVerdicts(
  examined: readonly Examined[],
  known: readonly Verdict[],
): readonly Verdict[] {
  return examined.flatMap(({ schema: { name }, issues, asked }) => {
    const rules = [...new Set(issues.map(({ rule }) => rule))].sort()
    return rules.map((rule): Verdict => {
      const before = known.find((row) => row.schema === name && row.rule === rule)
      const basis = asked.has(rule) ? 'query' : 'read'
      const count = issues.filter((issue) => issue.rule === rule).length
      return { schema: name, rule, count, verdict: before?.verdict ?? 'unchecked', basis }
    })
  })
}

/** Writes the table. */
export function printVerdicts(rows: readonly Verdict[]): string {
  const lines = rows.map(({ schema, rule, count, verdict, basis }) =>
    [schema, rule, count, verdict, basis].join('\t'),
  )
  return `${[head, ...lines].join('\n')}\n`
}

/** Returns the differences between the findings and the committed table; schemas of a folder are not in it. */
export function compareWithTable(examined: readonly Examined[]): readonly string[] {
  const ours = examined.filter(
    ({ schema, missing }) => missing === null && schema.from !== 'folder',
  )
  const known = readVerdicts()
  const names = new Set(ours.map(({ schema }) => schema.name))
  const expected = new Map(
    known
      .filter(({ schema }) => names.has(schema))
      .map((row) => [`${row.schema} ${row.rule}`, row]),
  )
  const differences = toVerdicts(ours, known).flatMap(({ schema, rule, count, verdict }) => {
    const row = expected.get(`${schema} ${rule}`)
    expected.delete(`${schema} ${rule}`)
    if (row?.count !== count)
      return [`${schema}: ${rule} has ${count} findings, not ${row?.count ?? 0}`]
    return verdict === 'true' || verdict === 'minor' ? [] : [`${schema}: ${rule} is ${verdict}`]
  })
  const gone = [...expected.values()].map(
    ({ schema, rule, count }) => `${schema}: ${rule} has 0 findings, not ${count}`,
  )
  return [...differences, ...gone]
}
