import { StudioError } from '../../errors.ts'
import type { Claimant, ClaimedRun } from '../store.ts'
import { isUniqueViolation, type SqlClient } from './client.ts'
import { hasOlderRun, selectParts, runColumns, toJournal } from './selects.ts'
import { createStatement, now } from './statement.ts'

// Two statements: the claim, then the journal. Only the winner of the claim reads the journal.
export async function claimRun(
  client: SqlClient,
  schema: string,
  { runId, owner, leaseMs, agents }: Claimant & { readonly runId: string },
): Promise<ClaimedRun | null> {
  const { bind, part, select } = createStatement()
  const id = bind(runId)
  part(
    'claimed',
    `update ${schema}.runs r set status = 'running', epoch = r.epoch + 1, owner = ${bind(owner)},
       lease_until = ${now} + ${bind(leaseMs, 'float8')} * interval '1 millisecond', wake_at = null,
       started_at = coalesce(r.started_at, ${now}),
       attempts = case when r.lease_until is null then 0 else r.attempts + 1 end, writes = 0,
       takeover_seq = case when r.lease_until is null then r.takeover_seq else r.next_seq end
     where r.id = ${id} and r.ended_at is null and (r.lease_until is null or r.lease_until <= now())
       and (r.due_at <= now() or (r.status = 'queued' and not ${hasOlderRun(schema)}))
       and ${isFor(bind([...agents.keys()]))}
     returning r.id`,
  )
  part(
    'expired',
    `update ${schema}.approvals set status = 'timed_out', resolved_at = ${now}
     where run_id in (select id from claimed) and status = 'pending' and expires_at <= now()`,
  )
  const statement = select('select id from claimed')
  const claimed = await client
    .query(statement.text, statement.parameters)
    .catch((error: unknown) => {
      if (isUniqueViolation(error)) return [] // another run of the session was claimed at the same time
      throw error
    })
  return claimed.length > 0 ? readClaim(client, schema, runId) : null
}

/** SQL: may a claimant with these agents (a JSON list) take over run `r`? Cancelled runs need no agent, only an end. */
export function isFor(agents: string): string {
  return `(r.cancel_requested_at is not null or ${agents} ? r.agent_id)`
}

async function readClaim(client: SqlClient, schema: string, runId: string): Promise<ClaimedRun> {
  const [row] = await client.query(
    `select ${runColumns(schema)}, ${selectParts(schema)}, extract(epoch from now()) * 1000 as claimed_at,
       (select jsonb_agg(m.message order by m.position) from ${schema}.run_messages m
        where m.session_id = r.session_id and m.run_id <> r.id and m.position < coalesce(
          (select min(o.position) from ${schema}.run_messages o where o.run_id = r.id), 2147483647)) as history
     from ${schema}.runs r where r.id = $1::text`,
    [runId],
  )
  if (!row) throw new StudioError('not_found', 'Run not found')
  const journal = toJournal(row)
  const history =
    journal.run.sessionId === null
      ? journal.run.input.history
      : ((row['history'] ?? []) as ClaimedRun['history'])
  return { history, journal, now: Number(row['claimed_at']) }
}
