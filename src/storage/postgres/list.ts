import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { Page, PageRequest } from '../store.ts'
import type { SqlRow } from './client.ts'
import type { createStatement } from './statement.ts'

/** Which rows of a table with serial numbers a page shows. */
export interface SerialFilter extends PageRequest {
  readonly table: string
  readonly order: 'asc' | 'desc'
  /** Null lets all through. */
  readonly statuses: readonly string[] | null
  /** Every status there is. */
  readonly allStatuses: readonly string[]
  /** Column → value it must have; null lets all through. Few rows share one. */
  readonly narrow: Readonly<Record<string, string | null>>
  /** The same for the agent, which many rows share. */
  readonly agentId: string | null
}

/**
 * Selects a page and one row more, as a table expression. Many rows may share a status or an agent, so each status is a
 * branch of its own: for one status PostgreSQL walks an index in the order of the page and stops at its end, for several
 * it would read and sort every match. That is also why an agent alone is looked up by all statuses.
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

/** Makes the page of what `selectPage` selected. */
export function toPage<T>(
  rows: readonly SqlRow[],
  limit: number,
  toItem: (row: SqlRow) => T,
): Page<T> {
  const last = rows[limit - 1]
  const cursor = rows.length > limit && last ? encodeCursor([Number(last['serial'])]) : null
  return { items: rows.slice(0, limit).map(toItem), cursor }
}
