import { messageStatuses, type OutboxMessage } from '../../../records/outbox.ts'
import type { MessageRef, OutboxFilter, OutboxStore, Settlement } from '../../store.ts'
import type { SqlClient, SqlRow } from '../client.ts'
import { selectPage, toPage } from '../list.ts'
import { requireTime, toTime } from '../rows.ts'
import { createStatement, listed, now, statement } from '../statement.ts'
import type { Notes } from './notes.ts'

/** Creates an outbox on PostgreSQL. */
export function createPostgresOutbox(client: SqlClient, schema: string, notes: Notes): OutboxStore {
  const table = `${schema}.outbox`
  return {
    subscribe: notes.subscribe,
    claim: (target, limit, leaseMs) => claim(client, table, { target, limit, leaseMs }),
    async settle(refs, settlement) {
      if (refs.length > 0) await client.write(settleStatement(table, refs, settlement))
    },
    list: (filter) => listMessages(client, table, filter),
    async get(tenant, id) {
      const [row] = await client.query(
        `select * from ${table} where tenant = $1::text and id = $2::text`,
        [tenant, id],
      )
      return row ? toMessage(row) : null
    },
    async redeliver(tenant, id) {
      const [row] = await client.write(
        statement(
          `update ${table} set status = 'pending', due_at = ${now}, settled_at = null,
             attempts = case when status = 'pending' then attempts else 0 end, refusals = 0
           where tenant = $1::text and id = $2::text returning *`,
          [tenant, id],
        ),
      )
      return row ? toMessage(row) : null
    },
    async count(target) {
      const [row] = await client.query(
        `select (select count(*) from (select 1 from ${table} where target = $1::text and due_at is not null limit 10000) p)
           as pending,
           (select count(*) from (select 1 from ${table} where target = $1::text and status = 'dead' limit 10000) d) as dead`,
        [target],
      )
      return { pending: Number(row?.['pending'] ?? 0), dead: Number(row?.['dead'] ?? 0) }
    },
  }
}

async function claim(
  client: SqlClient,
  table: string,
  { target, limit, leaseMs }: { target: string; limit: number; leaseMs: number },
): Promise<OutboxMessage[]> {
  const { bind, part, select } = createStatement()
  part(
    'picked',
    `select id from ${table} where target = ${bind(target)} and due_at <= now()
     order by due_at limit ${bind(limit, 'integer')} for update skip locked`,
  )
  part(
    'claimed',
    `update ${table} o set attempts = o.attempts + 1,
       due_at = ${now} + ${bind(leaseMs, 'float8')} * interval '1 millisecond'
     from picked where o.id = picked.id returning o.*`,
  )
  const rows = await client.write(select('select * from claimed order by serial'))
  return rows.map(toMessage)
}

/** Only the claim that counted the attempt may settle it: a claim that lasted longer than its lease has a successor. */
function settleStatement(table: string, refs: readonly MessageRef[], settlement: Settlement) {
  const { bind, select } = createStatement()
  const settledRefs = `jsonb_to_recordset(${bind(refs.map(({ id, attempts }) => ({ id, attempts })))}) as r (id text, attempts integer)`
  const isMine = `o.id = r.id and o.attempts = r.attempts and o.due_at is not null`
  if (settlement.to === 'forget') {
    return select(
      `delete from ${table} o using ${settledRefs} where ${isMine} returning 1 as settled`,
    )
  }
  const changes = {
    delivered: () => `status = 'delivered', due_at = null, settled_at = ${now}, last_error = null`,
    dead: (error: string) =>
      `status = 'dead', due_at = null, settled_at = ${now}, last_error = ${bind(error)}`,
    retry: (error: string, { delayMs, refused }: Extract<Settlement, { to: 'retry' }>) =>
      `due_at = ${now} + ${bind(delayMs, 'float8')} * interval '1 millisecond', last_error = ${bind(error)},
       refusals = o.refusals + ${refused ? 1 : 0}`,
  }
  const set =
    settlement.to === 'delivered'
      ? changes.delivered()
      : settlement.to === 'dead'
        ? changes.dead(settlement.error)
        : changes.retry(settlement.error, settlement)
  return select(
    `update ${table} o set ${set} from ${settledRefs} where ${isMine} returning 1 as settled`,
  )
}

async function listMessages(client: SqlClient, table: string, filter: OutboxFilter) {
  const { bind, select } = createStatement()
  const targets = listed(bind, [...filter.targets])
  const page = selectPage(
    { bind },
    {
      ...filter,
      table,
      order: 'desc',
      allStatuses: messageStatuses,
      narrow: { run_id: filter.runId },
      agentId: null,
      also: [`target = any (${targets})`],
    },
  )
  const rows = await client.read(select(`select * from ${page} as m order by m.serial desc`))
  return toPage(rows, filter.limit, toMessage)
}

function toMessage(row: SqlRow): OutboxMessage {
  return {
    id: String(row['id']),
    target: String(row['target']),
    type: row['type'] as OutboxMessage['type'],
    tenant: String(row['tenant']),
    runId: String(row['run_id']),
    agentId: String(row['agent_id']),
    sessionId: row['session_id'] as string | null,
    approvalId: row['approval_id'] as string | null,
    data: row['data'] as OutboxMessage['data'],
    status: row['status'] as OutboxMessage['status'],
    createdAt: requireTime(row['created_at']),
    dueAt: toTime(row['due_at']),
    attempts: Number(row['attempts']),
    refusals: Number(row['refusals']),
    lastError: row['last_error'] as string | null,
    settledAt: toTime(row['settled_at']),
  }
}
