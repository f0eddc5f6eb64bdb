import { StudioError } from '../../../errors.ts'
import type { Exchange } from '../../../http/exchange.ts'
import { toStatement } from '../../../introspection/query/compile/statement.ts'
import { answerQuery } from '../../../introspection/query/execute.ts'
import type { QueryPlan } from '../../../introspection/query/plan.ts'
import { findModel, type PlannedModel, toQueryWorld } from '../../../introspection/query/world.ts'
import { unknownModels } from '../../../introspection/model/unknown-exposure.ts'
import type { Snapshot } from '../../../introspection/model/snapshot.ts'
import { isRecord, type Json, type JsonObject } from '../../../lib/json.ts'
import { countOf } from '../../../lib/text.ts'
import type { SchemaFault } from '../../../lib/standard-schema.ts'
import type { ChangeWork } from '../../module.ts'
import type { TableOverlay } from '../overlay.ts'
import type { PayloadOf } from '../step-payloads.ts'

/** A query, and how many rows it is to find. */
export type RowCheck = PayloadOf<'run_query_check'>

/** How many rows an answer shows. */
const maxRows = 10

/**
 * Compiles a query on the tables as they are. What an earlier step creates is not there yet: such a query is blocked, with its
 * reason; any other unknown name is a fault.
 */
export function findQueryFaults(
  snapshot: Snapshot,
  plan: QueryPlan,
  tables: TableOverlay | null,
): { readonly blocked: string | null } | { readonly faults: readonly SchemaFault[] } {
  if (snapshot.exposure === 'unknown') throw unknownModels()
  const world = toQueryWorld(snapshot)
  const names = listNames(plan)
  try {
    const model = findModel(world, plan.model)
    toStatement(model, plan, world)
    const loss = tables && findLoss(model, names, tables)
    return loss === null ? { blocked: null } : { faults: [loss] }
  } catch (error) {
    if (!(error instanceof StudioError) || error.code !== 'bad_request') throw error
    const faults = toFaults(error)
    const made = names.filter((name) => tables?.created.has(name))
    const others = faults.filter(({ message }) => !made.some((name) => message.includes(name)))
    if (others.length > 0) return { faults: others }
    return { blocked: `The step "${tables?.created.get(made[0] ?? '')}" creates ${made[0]}` }
  }
}

function toFaults({ details, message: whole }: StudioError): SchemaFault[] {
  const faults = Array.isArray(details) ? details.filter(isRecord) : []
  if (faults.length === 0) return [{ path: 'payload.plan', message: whole }]
  return faults.map(({ path, message }) => ({
    path: `payload.plan.${String(path)}`,
    message: String(message),
  }))
}

function findLoss(
  { schema, table, fields }: PlannedModel,
  names: readonly string[],
  { gone }: TableOverlay,
): SchemaFault | null {
  const place = `${schema ?? 'public'}.${table}`
  const columns = fields.filter(({ name }) => names.includes(name)).map(({ column }) => column)
  for (const key of [place, ...columns.map((column) => `${place}.${column}`)]) {
    const step = gone.get(key)
    if (step !== undefined) {
      return { path: 'payload.plan', message: `names ${key}, which the step "${step}" takes away` }
    }
  }
  return null
}

const naming = new Set(['model', 'field', 'relation', 'select_fields', 'group_by'])

/** Lists the names of models, fields and relations in a plan, in their parts. */
function listNames(value: unknown, key = ''): string[] {
  if (typeof value === 'string') return naming.has(key) ? [value, ...value.split(/\.|__/)] : []
  if (Array.isArray(value)) return value.flatMap((each) => listNames(each, key))
  if (!isRecord(value)) return []
  return Object.entries(value).flatMap(([name, each]) => listNames(each, name))
}

/** Runs a query on the live database and compares the number of its rows with what is expected. */
export async function checkRows(
  { introspection }: ChangeWork,
  exchange: Exchange,
  { plan, expect }: RowCheck,
): Promise<{ readonly output: JsonObject; readonly error: string | null }> {
  const { rows, count, limited, truncated } = await answerQuery(plan, introspection, exchange)
  const found = toNumber(plan, rows ?? []) ?? { count: count ?? 0, isWhole: !limited }
  const output = {
    model: plan.model,
    count: found.count,
    rows: (rows ?? []).slice(0, maxRows) as unknown as Json,
    truncated: truncated || limited || (rows ?? []).length > maxRows,
    ...(expect ? { expect: expect as JsonObject } : {}),
  }
  return { output, error: expect ? compare(found, expect) : null }
}

interface Found {
  readonly count: number
  /** False if more rows follow. */
  readonly isWhole: boolean
}

/** A plan whose only output is one count has one row, whose value is meant. */
function toNumber(
  { aggregates, group_by }: QueryPlan,
  rows: readonly Readonly<Record<string, unknown>>[],
): Found | null {
  const [only, second] = aggregates ?? []
  if (only?.function !== 'count' || second || group_by?.length) return null
  const value = Number(Object.values(rows[0] ?? {})[0])
  return Number.isSafeInteger(value) ? { count: value, isWhole: true } : null
}

function compare(
  { count, isWhole }: Found,
  expect: NonNullable<RowCheck['expect']>,
): string | null {
  const { min, max, count: exact } = expect
  const isMet =
    exact === undefined
      ? count >= (min ?? 0) && (max === undefined || (isWhole && count <= max))
      : isWhole && count === exact
  if (isMet) return null
  const wanted =
    exact === undefined
      ? [min === undefined ? '' : `at least ${min}`, max === undefined ? '' : `at most ${max}`]
          .filter(Boolean)
          .join(' and ')
      : `${exact}`
  const found = isWhole ? countOf(count, 'row') : `${count} or more rows`
  return `The query has ${found}; expected: ${wanted}`
}
