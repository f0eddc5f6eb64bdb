import { decodeCursor, encodeCursor } from '../cursor.ts'
import { approvalStatuses } from '../../records/approval.ts'
import { type RunStatus, runStatuses } from '../../records/run.ts'
import type { Page, PageRequest, StoreCounts } from '../store.ts'
import type { SqlClient, SqlRow } from './client.ts'
import { createStatement } from './statement.ts'

/**
 * Filters and order of one page of a table with serial numbers.
 *
 * @see docs/decisions/040-a-list-has-a-branch-for-each-status.md
 */
export interface SerialFilter extends PageRequest {
  readonly table: string
  readonly order: 'asc' | 'desc'
  /** Null matches every status. */
  readonly statuses: readonly string[] | null
  /** All values that the status can have. */
  readonly allStatuses: readonly string[]
  /** Column → required value; null matches every value. Few rows share a value. */
  readonly narrow: Readonly<Record<string, string | null>>
  /** Null matches every agent. Many rows share an agent. */
  readonly agentId: string | null
  /** SQL: further conditions, which few or many rows may fulfil. @default none */
  readonly also?: readonly string[]
}

/**
 * SQL: selects a page and one row more, as a table expression. Each status is a branch of its own: for one status PostgreSQL
 * scans an index in page order and stops at the end of the page; for several it would read and sort every match. A filter by
 * agent alone uses all statuses for the same reason.
 */
export function selectPage(
  { bind }: Pick<ReturnType<typeof createStatement>, 'bind'>,
  filter: SerialFilter,
): string {
  const { table, order, statuses, agentId, cursor } = filter
  const conditions = [`tenant = ${bind(filter.tenant)}`]
  for (const [column, value] of Object.entries(filter.narrow)) {
    if (value !== null) conditions.push(`${column} = ${bind(value)}`)
  }
  const isNarrow = conditions.length > 1
  if (agentId !== null) conditions.push(`agent_id = ${bind(agentId)}`)
  conditions.push(...(filter.also ?? []))
  if (cursor !== null) {
    const after = bind(Number(decodeCursor(cursor, ['number'])[0]), 'bigint')
    conditions.push(`serial ${order === 'asc' ? '>' : '<'} ${after}`)
  }
  const tail = `order by serial ${order} limit ${bind(filter.limit + 1, 'integer')}`
  const select = (status: readonly string[]) =>
    `(select * from ${table} where ${[...conditions, ...status].join(' and ')} ${tail})`
  if (isNarrow || (statuses === null && agentId === null)) {
    return select(statuses ? [`status in (${statuses.map((name) => bind(name)).join(', ')})`] : [])
  }
  const branches = (statuses ?? filter.allStatuses).map((name) =>
    select([`status = ${bind(name)}`]),
  )
  return branches.length === 1
    ? branches.join('')
    : `(select * from (${branches.join(' union all ')}) as b ${tail})`
}

/** Turns the rows that `selectPage` selected into a page. */
export function toPage<T>(
  rows: readonly SqlRow[],
  limit: number,
  toItem: (row: SqlRow) => T,
): Page<T> {
  const last = rows[limit - 1]
  const cursor = rows.length > limit && last ? encodeCursor([Number(last['serial'])]) : null
  return { items: rows.slice(0, limit).map(toItem), cursor }
}

const maxCount = 10_000

/** Counts what a tenant has, each kind up to a limit: counting all rows of a large table takes seconds. */
export async function countRows(
  client: SqlClient,
  schema: string,
  tenant: string,
): Promise<StoreCounts> {
  const { bind, select } = createStatement()
  const owner = bind(tenant)
  const count = (name: string, from: string) =>
    `select '${name}' as name, count(*) as count
     from (select 1 from ${schema}.${from} limit ${maxCount}) as rows`
  const byStatus = (table: string, statuses: readonly string[]) =>
    statuses.map((status) =>
      count(`${table}.${status}`, `${table} where tenant = ${owner} and status = '${status}'`),
    )
  const counts = [
    count('sessions', `sessions where tenant = ${owner}`),
    ...byStatus('runs', runStatuses),
    ...byStatus('approvals', approvalStatuses),
  ]
  const rows = await client.read(select(counts.join(' union all ')))
  const found = new Map(rows.map((row) => [String(row['name']), Number(row['count'])]))
  const of = (name: string) => found.get(name) ?? 0
  const resolved = approvalStatuses.filter((status) => status !== 'pending')
  const decided = resolved.reduce((sum, status) => sum + of(`approvals.${status}`), 0)
  return {
    sessions: of('sessions'),
    runs: Object.fromEntries(runStatuses.map((status) => [status, of(`runs.${status}`)])) as Record<
      RunStatus,
      number
    >,
    approvals: { pending: of('approvals.pending'), resolved: Math.min(decided, maxCount) },
  }
}
