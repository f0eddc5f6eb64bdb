import type { Sql } from 'postgres'
import { postgresStores } from '../../src/postgres.ts'
import { withBlobs } from './blobs.ts'
import type { Fleet } from './fleet.ts'
import { type Ledger, tally } from './ledger.ts'
import { shardSchema } from './shards.ts'

const dayMs = 86_400_000

/** The most days of a campaign. They end before the present one. */
const mostDays = 20

/** The days of a campaign whose instances archive logs. */
export interface Days {
  /** Begins a new day every few rounds. Lets one instance prune the days before yesterday. */
  pass(round: number): void
  /** Prunes all days, once no instance runs any more. No log may stay. */
  end(folder: string, ledger: Ledger): Promise<void>
}

/**
 * Gives each day of the campaign but every third one a partition, and starts with the first day. The ids of instances tell the day,
 * and the database dates runs by their ids.
 */
export async function startDays(
  fleet: Fleet,
  sql: Sql,
  { shards, rounds }: { readonly shards: number; readonly rounds: number },
): Promise<Days> {
  const today = Math.floor(Date.now() / dayMs)
  const first = today - mostDays - 2
  const roundsOfDay = Math.max(2, Math.ceil(rounds / mostDays))
  const schemas = Array.from({ length: shards }, (_, index) => shardSchema(index))
  for (const schema of schemas) await prepareDays(sql, schema, first)
  let day = first
  const begin = (next: number) => {
    day = next
    for (const instance of fleet.instances) instance.shiftIds((day - today) * dayMs)
  }
  begin(first)
  return {
    pass(round) {
      const next = first + Math.floor((round - 1) / roundsOfDay)
      if (next !== day) begin(next)
      const up = fleet.up()
      up[round % up.length]?.prune((today - day + 1) * dayMs)
    },
    async end(folder, ledger) {
      const { logDays, logs } = fleet.report.pruned
      tally(ledger, 'days dropped by instances', logDays)
      tally(ledger, 'logs archived by instances', logs)
      for (const schema of schemas) {
        const retention = { logs: (today - day - 1) * dayMs }
        const stores = postgresStores(sql, { schema, retention, listen: false })
        const pruned = await withBlobs(stores, folder, true).prune?.()
        tally(ledger, 'days dropped at the end', pruned?.logDays ?? 0)
        tally(ledger, 'logs archived at the end', pruned?.archivedLogs ?? 0)
        const [row] = await sql<{ count: number }[]>`
          select count(*)::integer as count from ${sql(schema)}.run_events`
        if (row?.count !== 0)
          ledger.violations.push(`${row?.count} rows of logs stayed in ${schema}`)
      }
    },
  }
}

async function prepareDays(sql: Sql, schema: string, first: number): Promise<void> {
  for (let day = first; day <= first + mostDays; day++) {
    if (day % 3 === 0) continue // what has no partition is in the default one
    await sql.unsafe(`create table ${schema}.run_events_${day} partition of ${schema}.run_events
      for values from (${day}) to (${day + 1})`)
    await sql.unsafe(`alter table ${schema}.run_events_${day} add primary key (run_id, first_seq)`)
  }
  await sql.unsafe(`
    create function ${schema}.date_run() returns trigger language plpgsql as $$ begin
      new.created_at = to_timestamp(('x' || left(replace(new.id, '-', ''), 12))::bit(48)::bigint / 1000.0);
      return new;
    end $$;
    create trigger date_run before insert on ${schema}.runs for each row execute function ${schema}.date_run()`)
}
