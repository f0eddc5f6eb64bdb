import { type LogEntry, runStatuses } from '../../records/run.ts'
import type { RunFilter, RunRef, RunStore, TimeRange } from '../store.ts'
import { createAdmissions, requestCancel } from './admission.ts'
import { createClaims } from './claim.ts'
import { createDue } from './due.ts'
import type { SqlClient } from './client.ts'
import type { Notes } from './outbox/notes.ts'
import { daysOf, runColumns, selectParts, toJournal, wholeRun } from './selects.ts'
import { selectPage, toPage } from './list.ts'
import { toApproval, toEntries, toProgress, toSummary } from './rows.ts'
import { createStatement, now, statement, toStorableText } from './statement.ts'
import { holdsText, searchesJson } from './search-condition.ts'
import { createCommits } from './commits/commit-changes.ts'

/** Creates a run store on PostgreSQL. Every method is one statement unless its code says why it needs more. */
export function createPostgresRunStore(client: SqlClient, schema: string, notes: Notes): RunStore {
  const columns = runColumns(schema)
  const findOne = async (condition: string, values: readonly string[]) => {
    const [row] = await client.query(
      `select ${columns} from ${schema}.runs r where ${condition}`,
      values,
    )
    return row ? toSummary(row) : null
  }
  return {
    create: createAdmissions(client, schema),
    get: (tenant, id) => findOne('r.tenant = $1 and r.id = $2', [tenant, id]),
    getByTrace: (tenant, traceId) =>
      findOne('r.tenant = $1 and r.trace_id = $2', [tenant, traceId]),
    list: (filter) => listRuns(client, schema, filter),
    progress: (ids) => readProgress(client, schema, ids),
    async journals(runIds) {
      if (runIds.length === 0) return []
      const rows = await client.query(
        `select ${wholeRun(schema)}, ${selectParts(schema)} from ${schema}.runs r
         where r.id = any (${listed})`,
        [JSON.stringify(runIds)],
      )
      const journals = new Map(rows.map((row) => [String(row['id']), toJournal(row)]))
      return runIds.flatMap((id) => journals.get(id) ?? [])
    },
    claim: createClaims(client, schema, notes),
    async renew({ runId, epoch }, leaseMs) {
      const [row] = await client.write(
        statement(
          `update ${schema}.runs set lease_until = ${now} + $3::float8 * interval '1 millisecond'
           where id = $1::text and epoch = $2::bigint and owner is not null
           returning cancel_requested_at is not null as cancel_requested`,
          [runId, epoch, leaseMs],
        ),
      )
      return row ? { cancelRequested: row['cancel_requested'] === true, wake: [] } : null
    },
    commit: createCommits(client, schema, notes),
    cancelApprovals: (ref, reason) => cancelApprovals(client, schema, { ref, reason, notes }),
    async requestCancel(tenant, id, reason) {
      const row = await requestCancel(client, schema, { tenant, id, reason })
      return row ? toSummary(row) : null
    },
    readLog: (runId, after, limit) => readLog(client, schema, { runId, after, limit }),
    due: createDue(client, schema),
    async nextDue() {
      const [row] = await client.query(
        `select extract(epoch from min(due_at)) * 1000 as due from ${schema}.runs where due_at is not null`,
        [],
      )
      const due = row?.['due']
      return typeof due === 'number' ? Math.ceil(due) : null
    },
  }
}

/** SQL: the ids of a JSON list, as an array. */
const listed = 'array(select jsonb_array_elements_text($1::text::jsonb))'

async function cancelApprovals(
  client: SqlClient,
  schema: string,
  { ref, reason, notes }: { ref: RunRef; reason: string; notes: Notes },
) {
  const built = createStatement()
  const { bind, part, select } = built
  part(
    'owned',
    `select id from ${schema}.runs where id = ${bind(ref.runId)} and epoch = ${bind(ref.epoch, 'bigint')}
       and owner is not null for update`,
  )
  part(
    'closed',
    `update ${schema}.approvals set status = 'cancelled', resolved_at = ${now}, decision_reason = ${bind(reason)}
     where run_id in (select id from owned) and status = 'pending' returning *`,
  )
  notes.add(built, 'approval.resolved', 'closed')
  const owned = await client.write(select('select id from owned'))
  if (owned.length === 0) return null
  const rows = await client.query(
    `select * from ${schema}.approvals where run_id = $1::text order by serial`,
    [ref.runId],
  )
  return rows.map(toApproval)
}

type Bind = ReturnType<typeof createStatement>['bind']

function toConditions({ search, created, ended }: RunFilter, bind: Bind): string[] {
  return [
    ...toRange('created_at', created, bind),
    ...toRange('ended_at', ended, bind),
    ...(search ? [searchCondition(bind(toStorableText(search)))] : []),
  ]
}

function toRange(column: string, { from, to }: TimeRange = {}, bind: Bind): string[] {
  return [
    ...(from ? [`${column} >= ${bind(from)}::timestamptz`] : []),
    ...(to ? [`${column} < ${bind(to)}::timestamptz`] : []),
  ]
}

function searchCondition(text: string): string {
  const columns = ['id', 'trace_id', 'session_id', `coalesce(about, input) ->> 'preview'`]
  const found = columns.map((column) => holdsText(column, text))
  return `(${[...found, searchesJson(`coalesce(about, input) -> 'metadata'`, text)].join(' or ')})`
}

async function listRuns(client: SqlClient, schema: string, filter: RunFilter) {
  const { bind, select } = createStatement()
  const page = selectPage(
    { bind },
    {
      ...filter,
      table: `${schema}.runs`,
      order: 'desc',
      allStatuses: runStatuses,
      narrow: { session_id: filter.sessionId },
      also: toConditions(filter, bind),
    },
  )
  const rows = await client.read(
    select(`select ${runColumns(schema)} from ${page} as r order by r.serial desc`),
  )
  return toPage(rows, filter.limit, toSummary)
}

async function readLog(
  client: SqlClient,
  schema: string,
  { runId, after, limit }: { runId: string; after: number; limit: number },
): Promise<LogEntry[]> {
  // Batches follow each other without gaps, so the first one to read starts at or before the entry `after + 1`.
  const days = daysOf(schema, '$1::text')
  const rows = await client.query(
    `select first_seq, lines from ${schema}.run_events
     where run_id = $1::text and ${days} and last_seq > $2::bigint and first_seq <= $2::bigint + $3::integer
       and first_seq >= coalesce((select max(e.first_seq) from ${schema}.run_events e
         where e.run_id = $1::text and ${days} and e.first_seq <= $2::bigint + 1), 0)
     order by first_seq`,
    [runId, after, limit],
  )
  return rows.flatMap(toEntries).filter(({ seq }) => seq > after && seq <= after + limit)
}

async function readProgress(client: SqlClient, schema: string, ids: readonly string[]) {
  const rows = await client.query(
    `select id, status, next_seq, takeover_seq from ${schema}.runs where id = any (${listed})`,
    [JSON.stringify(ids)],
  )
  return rows.map(toProgress)
}
