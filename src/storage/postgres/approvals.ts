import { approvalStatuses, type Decision } from '../../records/approval.ts'
import type { ApprovalFilter, ApprovalStore } from '../store.ts'
import type { SqlClient } from './client.ts'
import { selectPage, toPage } from './list.ts'
import type { Notes } from './outbox/notes.ts'
import { toApproval } from './rows.ts'
import { createStatement, now, toStorableJson } from './statement.ts'

/** Creates an approval store on PostgreSQL. */
export function createPostgresApprovalStore(
  client: SqlClient,
  schema: string,
  notes: Notes,
): ApprovalStore {
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
    async pendingOf(runIds) {
      const rows = await client.query(
        `select * from ${schema}.approvals where status = 'pending'
           and run_id = any (array(select jsonb_array_elements_text($1::text::jsonb))) order by serial`,
        [JSON.stringify(runIds)],
      )
      return rows.map(toApproval)
    },
    resolvedOf: (ids) => readResolvedOf(client, schema, ids),
    async decide(tenant, id, decision) {
      const row = await decide(client, schema, { tenant, id, decision, notes })
      if (row) return { decided: true, approval: toApproval(row) }
      const approval = await read(tenant, id)
      return approval && { decided: false, approval }
    },
  }
}

/** Decides a pending approval and makes its run due. Resolves to its row; undefined if it was not pending any more. */
async function decide(
  client: SqlClient,
  schema: string,
  { tenant, id, decision, notes }: { tenant: string; id: string; decision: Decision; notes: Notes },
) {
  const built = createStatement()
  const { bind, part, select } = built
  const named = `tenant = ${bind(tenant)} and id = ${bind(id)}`
  // The run is locked before its approvals (docs/decisions/111-runs-are-locked-first.md).
  part(
    'run_row',
    `select id from ${schema}.runs where id = (select run_id from ${schema}.approvals where ${named}) for update`,
  )
  const isPending = `run_id in (select id from run_row) and ${named} and status = 'pending'`
  const input =
    decision.input === undefined ? 'input' : `${bind(toStorableJson(decision.input))}::jsonb`
  const output =
    decision.output === undefined ? 'null' : `${bind(toStorableJson(decision.output))}::json`
  part(
    'decided',
    `update ${schema}.approvals set status = ${bind(decision.approved ? 'approved' : 'rejected')},
       resolved_at = ${now}, decision_reason = ${bind(decision.reason)}, decided_by = ${bind(decision.decidedBy)},
       input = ${input}, output = ${output}
     where ${isPending} and (expires_at is null or expires_at > now()) returning *`,
  )
  part(
    'expired',
    `update ${schema}.approvals set status = 'timed_out', resolved_at = ${now}
     where ${isPending} and expires_at <= now() returning *`,
  )
  notes.add(built, 'approval.resolved', 'decided')
  notes.add(built, 'approval.resolved', 'expired')
  part(
    'woken',
    `update ${schema}.runs set wake_at = ${now}
     where id in (select run_id from decided union all select run_id from expired)`,
  )
  const [row] = await client.write(select('select * from decided'))
  return row
}

async function listApprovals(client: SqlClient, schema: string, filter: ApprovalFilter) {
  const { bind, select } = createStatement()
  const { order = 'asc' } = filter
  const page = selectPage(
    { bind },
    {
      ...filter,
      table: `${schema}.approvals`,
      order,
      allStatuses: approvalStatuses,
      narrow: { run_id: filter.runId, session_id: filter.sessionId },
    },
  )
  const rows = await client.read(select(`select * from ${page} as a order by a.serial ${order}`))
  return toPage(rows, filter.limit, toApproval)
}

async function readResolvedOf(client: SqlClient, schema: string, ids: readonly string[]) {
  const rows = await client.query(
    `select * from ${schema}.approvals where status <> 'pending'
       and id = any (array(select jsonb_array_elements_text($1::text::jsonb)))`,
    [JSON.stringify(ids)],
  )
  return rows.map(toApproval)
}
