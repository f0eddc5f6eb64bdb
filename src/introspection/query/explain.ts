import { z } from 'zod'
import { isRecord, type Json } from '../../lib/json.ts'
import type { AppModel } from '../model/snapshot.ts'

/** How the server would run a query. All figures are estimates, because the query did not run. */
export const explanationSchema = z.object({
  sql: z.string(),
  parameters: z.array(z.string()),
  plan: z.custom<Json>(),
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
export function toPlan(answer: unknown, models: readonly AppModel[]): Json {
  const parsed: unknown = typeof answer === 'string' ? JSON.parse(answer) : answer
  const [first] = Array.isArray(parsed) ? (parsed as unknown[]) : []
  const tables = new Set(models.map(({ table }) => table))
  return toNode(isRecord(first) ? first['Plan'] : null, tables)
}

function toNode(node: unknown, tables: ReadonlySet<string>): Json {
  if (!isRecord(node)) return null
  const { Plans: children } = node
  const isVisible = tables.has(String(node['Relation Name']))
  const names = isVisible ? [...shownProperties, ...shownNames] : shownProperties
  const present = names.filter((name) => node[name] !== undefined)
  return {
    ...Object.fromEntries(present.map((name) => [name, node[name] as Json])),
    ...(Array.isArray(children) ? { Plans: children.map((child) => toNode(child, tables)) } : {}),
  }
}
