import { decodeCursor, encodeCursor } from '../cursor.ts'
import type { ApprovalFilter, ApprovalStore } from '../store.ts'
import type { SqlClient } from './client.ts'
import { toApproval } from './rows.ts'
import { createStatement, now } from './statement.ts'

/** Approvals on PostgreSQL. */
export function createPostgresApprovalStore(client: SqlClient, schema: string): ApprovalStore {
  const read = async (tenant: string, id: string) => {
    const [row] = await client.query(
      `select * from ${schema}.approvals where tenant = $1::text and id = $2::text`,
      [tenant, id],
    )
    return row ? toApproval(row) : null
  }
  return {
    get: read,
    list: (filter) => listApprovals(client, schema, filter),
    async decide(tenant, id, decision) {
      const { bind, part, select } = createStatement()
      const mine = `tenant = ${bind(tenant)} and id = ${bind(id)} and status = 'pending'`
      const input =
        decision.input === undefined ? 'input' : `${bind(JSON.stringify(decision.input))}::jsonb`
      part(
        'decided',
        `update ${schema}.approvals set status = ${bind(decision.approved ? 'approved' : 'rejected')},
           resolved_at = ${now}, decision_reason = ${bind(decision.reason)}, decided_by = ${bind(decision.decidedBy)},
           input = ${input}
         where ${mine} and (expires_at is null or expires_at > now()) returning *`,
      )
      part(
        'expired',
        `update ${schema}.approvals set status = 'timed_out', resolved_at = ${now}
         where ${mine} and expires_at <= now() returning run_id`,
      )
      part(
        'woken',
        `update ${schema}.runs set wake_at = ${now}
         where id in (select run_id from decided union all select run_id from expired)`,
      )
      const { text, parameters } = select('select * from decided')
      const [row] = await client.query(text, parameters)
      if (row) return { decided: true, approval: toApproval(row) }
      const approval = await read(tenant, id)
      return approval && { decided: false, approval }
    },
  }
}

async function listApprovals(client: SqlClient, schema: string, filter: ApprovalFilter) {
  const { bind, select } = createStatement()
  const conditions = [`tenant = ${bind(filter.tenant)}`]
  if (filter.cursor !== null) {
    conditions.push(
      `serial > ${bind(Number(decodeCursor(filter.cursor, ['number'])[0]), 'bigint')}`,
    )
  }
  if (filter.statuses) {
    conditions.push(`status in (select jsonb_array_elements_text(${bind(filter.statuses)}))`)
  }
  if (filter.runId !== null) conditions.push(`run_id = ${bind(filter.runId)}`)
  if (filter.agentId !== null) conditions.push(`agent_id = ${bind(filter.agentId)}`)
  if (filter.sessionId !== null) conditions.push(`session_id = ${bind(filter.sessionId)}`)
  const { text, parameters } = select(
    `select * from ${schema}.approvals where ${conditions.join(' and ')}
     order by serial limit ${bind(filter.limit + 1, 'integer')}`,
  )
  const rows = await client.query(text, parameters)
  const items = rows.slice(0, filter.limit)
  const last = items.at(-1)
  const cursor = rows.length > items.length && last ? encodeCursor([Number(last['serial'])]) : null
  return { items: items.map(toApproval), cursor }
}
