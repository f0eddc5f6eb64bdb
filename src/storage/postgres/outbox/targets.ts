import type { PushTarget, PushTargetStore } from '../../push-target-store.ts'
import type { SqlClient } from '../client.ts'
import { createStatement, now, statement } from '../statement.ts'

/** Creates the push targets of runs on PostgreSQL. */
export function createPostgresPushTargets(client: SqlClient, schema: string): PushTargetStore {
  const table = `${schema}.push_targets`
  return {
    async put({ id, runId, data }, max) {
      const { bind, select } = createStatement()
      const run = bind(runId)
      const target = bind(id)
      const rows = await client.write(
        select(
          `insert into ${table} as t (run_id, id, data, created_at)
           select r.id, ${target}, ${bind(data)}, ${now} from ${schema}.runs r
           where r.id = ${run}
             and (select count(*) from ${table} o where o.run_id = ${run} and o.id <> ${target}) < ${bind(max, 'integer')}
           on conflict (run_id, id) do update set data = excluded.data returning 1 as saved`,
        ),
      )
      return rows.length > 0
    },
    async list(runId) {
      const rows = await client.query(
        `select id, run_id, data, sent from ${table} where run_id = $1::text order by created_at, id`,
        [runId],
      )
      return rows.map((row) => ({
        id: String(row['id']),
        runId: String(row['run_id']),
        data: row['data'] as PushTarget['data'],
        sent: row['sent'] as PushTarget['sent'],
      }))
    },
    async noteSent({ id, runId }, fact) {
      await client.write(
        statement(
          `update ${table} set sent = sent || to_jsonb($3::text)
           where run_id = $1::text and id = $2::text and not sent ? $3::text returning 1 as noted`,
          [runId, id, fact],
        ),
      )
    },
    async delete({ id, runId }) {
      const rows = await client.write(
        statement(
          `delete from ${table} where run_id = $1::text and id = $2::text returning 1 as gone`,
          [runId, id],
        ),
      )
      return rows.length > 0
    },
  }
}
