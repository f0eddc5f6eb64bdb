import { z } from 'zod'
import { isRecord } from '../../lib/json.ts'
import type { AppModel } from '../model/snapshot.ts'

const text = z.string().exactOptional()
const figure = z.number().exactOptional()

/** One step of a plan as clients see it. A property is absent where the server did not name it. */
export interface PlanNode extends Readonly<Partial<Record<string, unknown>>> {
  readonly Plans?: readonly PlanNode[]
}

const planNodeSchema: z.ZodType<PlanNode> = z
  .object({
    'Node Type': text,
    'Join Type': text,
    Strategy: text,
    'Scan Direction': text,
    'Parallel Aware': z.boolean().exactOptional(),
    'Startup Cost': figure,
    'Total Cost': figure,
    'Plan Rows': figure,
    'Plan Width': figure,
    'Relation Name': text,
    'Index Name': text,
    Plans: z.array(z.lazy(() => planNodeSchema)).exactOptional(),
  })
  .meta({ id: 'QueryPlanNode', description: "One step of PostgreSQL's plan, with those below." })

/** How the server would run a query. All figures are estimates, because the query did not run. */
export const explanationSchema = z.object({
  sql: z.string(),
  parameters: z.array(z.string()),
  plan: planNodeSchema.nullable().describe('Null if the server did not say.'),
})

/** Properties that are shown of every node. Conditions are not: those of views and row security may name hidden columns. */
const shownProperties = [
  'Node Type',
  'Join Type',
  'Strategy',
  'Scan Direction',
  'Parallel Aware',
  'Startup Cost',
  'Total Cost',
  'Plan Rows',
  'Plan Width',
]

/** Properties that are shown only of nodes that read the table of a visible model. */
const shownNames = ['Relation Name', 'Index Name']

/**
 * Filters the answer to `EXPLAIN (FORMAT JSON)`: keeps the kinds of nodes, costs and row estimates, and the names of relations
 * and indexes that belong to a visible model.
 */
export function toPlan(answer: unknown, models: readonly AppModel[]): PlanNode | null {
  const parsed: unknown = typeof answer === 'string' ? JSON.parse(answer) : answer
  const [first] = Array.isArray(parsed) ? (parsed as unknown[]) : []
  const tables = new Set(models.map(({ table }) => table))
  const node = isRecord(first) ? first['Plan'] : null
  return isRecord(node) ? toNode(node, tables) : null
}

function toNode(node: unknown, tables: ReadonlySet<string>): PlanNode {
  if (!isRecord(node)) return {}
  const { Plans: children } = node
  const isVisible = tables.has(String(node['Relation Name']))
  const names = isVisible ? [...shownProperties, ...shownNames] : shownProperties
  const present = names.filter((name) => node[name] !== undefined)
  return {
    ...Object.fromEntries(present.map((name) => [name, node[name]])),
    ...(Array.isArray(children) ? { Plans: children.map((child) => toNode(child, tables)) } : {}),
  }
}
