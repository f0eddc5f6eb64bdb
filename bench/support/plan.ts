import type { Sql } from 'postgres'
import type { SqlParameter } from '../../src/storage/postgres/driver/driver.ts'
import type { Statement } from '../../src/storage/postgres/statement.ts'
import { bigTables } from './fill.ts'

/** A node of an `explain (format json)` plan; the actual counts exist only with `analyze`. */
export interface PlanNode {
  readonly 'Node Type': string
  readonly 'Relation Name'?: string
  readonly 'Total Cost': number
  readonly 'Actual Rows'?: number
  readonly 'Actual Loops'?: number
  readonly 'Rows Removed by Filter'?: number
  readonly 'Rows Removed by Join Filter'?: number
  readonly 'Index Cond'?: string
  readonly Plans?: readonly PlanNode[]
}

/** More rows than any page needs, including its counts and the parts of its runs. */
const mostRows = 500

/**
 * Returns one line for each statement that does too much: it scans a big table, in the plan for the given parameters or in the
 * generic plan, or reads more than 500 rows.
 */
export async function findExcesses(sql: Sql, statements: readonly Statement[]): Promise<string[]> {
  const found: string[] = []
  for (const { text, parameters } of statements) {
    const analyze = text.includes('guard') ? '' : ', analyze'
    const plan = await explain(sql, `(format json${analyze}) ${text}`, parameters)
    const generic = await explain(sql, `(format json, generic_plan) ${text}`)
    const scans = [...bigNodes(plan), ...bigNodes(generic)].filter(isSeqScan)
    const rows = bigNodes(plan).reduce((sum, node) => sum + rowsOf(node), 0)
    found.push(...scans.map((node) => `reads all of ${node['Relation Name']}: ${text}`))
    if (rows > mostRows) found.push(`reads ${rows} rows: ${text}`)
  }
  return found
}

/** Returns the plan of an `explain` with these options and this statement, as in `(format json) select 1`. */
export async function explain(
  sql: Pick<Sql, 'unsafe'>,
  text: string,
  parameters?: readonly SqlParameter[],
): Promise<PlanNode> {
  const query = sql.unsafe(`explain ${text}`, parameters && [...parameters])
  const [row] = parameters ? await query : await query.simple()
  const plans = row?.['QUERY PLAN'] as readonly { Plan: PlanNode }[] | undefined
  if (!plans?.[0]) throw new Error(`No plan came for ${text}`)
  return plans[0].Plan
}

/** The nodes that read a big table. */
function bigNodes(node: PlanNode): PlanNode[] {
  const inner = (node.Plans ?? []).flatMap(bigNodes)
  const table = node['Relation Name']?.replace(/^run_events_\w+$/, 'run_events') // a partition
  const isBig = bigTables.some((name) => name === table)
  return isBig && node['Node Type'].endsWith('Scan') ? [node, ...inner] : inner
}

// A table without a page, such as a partition of a day to come, costs nothing to scan.
const isSeqScan = (node: PlanNode) => node['Node Type'] === 'Seq Scan' && node['Total Cost'] !== 0

const rowsOf = (node: PlanNode) =>
  (node['Actual Loops'] ?? 0) * ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0))
