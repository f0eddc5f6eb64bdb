import { z } from 'zod'
import type { Json } from '../../lib/json.ts'
import type { AppModel } from '../model/snapshot.ts'

/** How the server would run a query. Estimates only: nothing was run. */
export const explanationSchema = z.object({
  sql: z.string(),
  parameters: z.array(z.string()),
  plan: z.custom<Json>(),
})
/** How the server would run a query. */
export type Explanation = z.infer<typeof explanationSchema>

/** Kept of every node. Conditions stay out: those of views and row security name what the caller may not know of. */
const kept = [
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

/** Kept of nodes that read a table the caller knows of. */
const keptOfKnown = ['Relation Name', 'Index Name']

/**
 * Picks what may be shown of the answer to `EXPLAIN (FORMAT JSON)`: kinds of nodes, costs and row estimates, and the names of
 * relations and indexes where they belong to a model.
 */
export function toPlan(answer: unknown, models: readonly AppModel[]): Json {
  const parsed: unknown = typeof answer === 'string' ? JSON.parse(answer) : answer
  const [first] = Array.isArray(parsed) ? (parsed as unknown[]) : []
  const tables = new Set(models.map(({ table }) => table))
  return toNode(isRecord(first) ? first['Plan'] : null, tables)
}

function toNode(node: unknown, tables: ReadonlySet<string>): Json {
  if (!isRecord(node)) return null
  const { Plans: below } = node
  const isKnown = tables.has(String(node['Relation Name']))
  const names = isKnown ? [...kept, ...keptOfKnown] : kept
  const facts = names.filter((name) => node[name] !== undefined)
  return {
    ...Object.fromEntries(facts.map((name) => [name, node[name] as Json])),
    ...(Array.isArray(below) ? { Plans: below.map((child) => toNode(child, tables)) } : {}),
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null
}
