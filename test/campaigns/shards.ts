import type { Sql } from 'postgres'

/** Each after those that it refers to. */
const tables = [
  'sessions',
  'runs',
  'run_events',
  'run_messages',
  'run_turns',
  'run_tool_calls',
  'approvals',
  'idempotency_keys',
]

/** Returns the schema of a shard. Checks read the first one. */
export function shardSchema(index: number): string {
  return index === 0 ? 'studio' : `studio_${index + 1}`
}

/**
 * Moves the rows of the other shards into the schema of the first one, where the checks look, once no instance runs any more.
 *
 * @returns how many runs each of them had
 */
export async function mergeShards(sql: Sql, shards: number): Promise<number[]> {
  const counts: number[] = []
  for (let index = 0; index < shards; index++) {
    const schema = shardSchema(index)
    const [row] = await sql<{ count: number }[]>`
      select count(*)::integer as count from ${sql(schema)}.runs`
    counts.push(row?.count ?? 0)
    if (index === 0) continue
    for (const table of tables) {
      const columns = await sql<{ name: string }[]>`
        select column_name as name from information_schema.columns
        where table_schema = ${schema} and table_name = ${table} and is_generated = 'NEVER'`
      const names = sql(columns.map(({ name }) => name))
      await sql`insert into studio.${sql(table)} (${names}) overriding system value
        select ${names} from ${sql(schema)}.${sql(table)}`
    }
  }
  return counts
}
