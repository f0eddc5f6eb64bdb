import type { Sql } from 'postgres'

/** Creates the table in which the tools of the agent `campaign` record that they ran. */
export async function createExecutionsTable(sql: Sql): Promise<void> {
  await sql`create table tool_executions (
    run_id text not null, tool_call_id text not null, idempotency_key text not null, tool text not null,
    instance text not null, at timestamptz not null default now())`
}
