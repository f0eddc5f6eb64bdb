import type { LogArchive, Pruned } from '../../store.ts'
import type { SqlClient } from '../client.ts'
import { dayOf } from '../selects.ts'
import { createStatement, listed, statement } from '../statement.ts'
import { archiveDay, archiveRuns, type LastWalk } from './archive-logs.ts'
import { type DayOutcome, dropDay, keepOpen, openOf, tryDay } from './log-days.ts'

/** Which logs go, and where they go first. */
interface LogOrder {
  readonly ageMs: number
  readonly archive: LogArchive | undefined
  readonly lastWalk: LastWalk
}

interface LogCounts {
  logs: number
  archivedLogs: number
}

/**
 * Deletes the logs of runs that were created more than `ageMs` ago and have ended. A day of logs is dropped as a whole; what open
 * runs wrote on it moves to day 0 first. A day that other transactions use stays for the next time. Logs that are in no
 * partition of their own day, and days that the role may not drop, are deleted in batches.
 *
 * @see docs/decisions/243-logs-are-dropped-by-the-day.md
 */
export async function pruneLogs(
  client: SqlClient,
  schema: string,
  order: LogOrder,
): Promise<Pick<Pruned, 'logDays' | 'logs' | 'archivedLogs'>> {
  const { before, days } = await listOldDays(client, schema, order.ageMs)
  const busy: number[] = []
  let logDays = 0
  let archivedLogs = 0
  for (const { day, isMine } of days) {
    if (!isMine) continue
    if (busy.length > 0) {
      busy.push(day) // what is in the way of one day is in the way of the others
      continue
    }
    const { outcome, archived } = await pruneDay(client, schema, { ...order, day })
    if (outcome === 'done') logDays++
    if (outcome === 'busy') busy.push(day)
    archivedLogs += archived
  }
  const deleted = await deleteLogs(client, schema, { ...order, before, busy })
  archivedLogs += deleted.archivedLogs
  return { logDays, logs: deleted.logs, ...(order.archive ? { archivedLogs } : {}) }
}

/**
 * Drops a day. With an archive, the runs that are open when it begins keep their logs even if they end meanwhile, because the
 * archive may have passed them: what they wrote moves to day 0, where `deleteLogs` finds it. A log of a run that has ended never
 * changes.
 */
async function pruneDay(
  client: SqlClient,
  schema: string,
  { day, archive, lastWalk }: LogOrder & { readonly day: number },
): Promise<{ readonly outcome: DayOutcome; readonly archived: number }> {
  // Moves most rows before anything is locked.
  const move = () =>
    client.write(statement(`${keepOpen(schema, { day })} returning 1 as moved`, []))
  if (!archive) {
    await move()
    return { outcome: await dropDay(client, schema, { day }), archived: 0 }
  }
  const trial = await tryDay(client, schema, day)
  if (trial !== 'done') return { outcome: trial, archived: 0 }
  let walk = lastWalk.current
  if (walk?.day !== day || walk.archive !== archive) {
    const open = (await client.query(openOf(schema, day), [])).map((row) => String(row['id']))
    walk = lastWalk.current = { day, archive, open, after: '' }
  }
  await move()
  const archived = await archiveDay(client, schema, walk)
  const outcome = await dropDay(client, schema, { day, unarchived: walk.open })
  if (outcome === 'done') lastWalk.current = null
  return { outcome, archived }
}

/** Lists the days whose last moment is longer ago than `ageMs`, the oldest first. `before` is the day after them. */
async function listOldDays(client: SqlClient, schema: string, ageMs: number) {
  const rows = await client.query(
    `select t.before, p.day, p.is_mine
     from (select floor((extract(epoch from now()) * 1000 - $2::float8) / 86400000)::integer as before) t
     left join lateral (
       select substring(c.relname, '^run_events_([1-9][0-9]{0,8})$')::integer as day,
         pg_catalog.pg_has_role(c.relowner, 'USAGE') as is_mine
       from pg_catalog.pg_inherits i join pg_catalog.pg_class c on c.oid = i.inhrelid
       where i.inhparent = to_regclass($1::text)
     ) p on p.day < t.before order by p.day`,
    [`${schema}.run_events`, ageMs],
  )
  return {
    before: Number(rows[0]?.['before']),
    days: rows
      .filter(({ day }) => day !== null)
      .map((row) => ({ day: Number(row['day']), isMine: row['is_mine'] === true })),
  }
}

/** So many runs are looked at by one statement. */
const batchSize = 500

/** What is deleted in batches: runs of a day, by the rows that the condition finds. */
interface Part extends LogOrder {
  readonly of: number
  readonly where: string
}

/** Deletes what is in no partition of its own day, or in one that could not be dropped for lack of a right. */
async function deleteLogs(
  client: SqlClient,
  schema: string,
  { before, busy, ...order }: LogOrder & { before: number; busy: readonly number[] },
): Promise<LogCounts> {
  const day = dayOf(schema, 'run_id')
  const list = async (column: string, where: string) => {
    const text = `select distinct ${column} as day from ${schema}.run_events where ${where}`
    return (await client.query(text, [])).map((row) => Number(row['day']))
  }
  // days in the text, so that PostgreSQL leaves out the partitions of other days
  const old = await list(day, `day = 0 and ${day} < ${before}`)
  const others = await list('day', `day > 0 and day < ${before}`)
  const parts = [
    ...old.map((of) => ({ of, where: `day = 0 and ${day} = ${of}` })),
    ...others.filter((of) => !busy.includes(of)).map((of) => ({ of, where: `day = ${of}` })),
  ]
  const counts = { logs: 0, archivedLogs: 0 }
  for (const part of parts) {
    const { logs, archivedLogs } = await deletePart(client, schema, { ...order, ...part })
    counts.logs += logs
    counts.archivedLogs += archivedLogs
  }
  return counts
}

/**
 * Walks through the runs `of` a day that have rows `where` the condition says. It follows the order of an index, so that each batch
 * looks at other runs.
 */
async function deletePart(client: SqlClient, schema: string, part: Part): Promise<LogCounts> {
  const counts = { logs: 0, archivedLogs: 0 }
  for (let after = ''; ;) {
    const [row] = await client.write(batchStatement(schema, part, after))
    if (part.archive) {
      const ids = (row?.['ids'] ?? []) as string[]
      const { of: day, archive } = part
      counts.archivedLogs += await archiveRuns(client, schema, { ids, day, archive })
      await deleteRuns(client, schema, { ids, of: day })
    }
    counts.logs += Number(row?.['logs'])
    if (Number(row?.['looked_at']) < batchSize) return counts
    after = String(row?.['last'])
  }
}

/** Finds the old logs of the next batch. Without an archive it deletes them as well. */
function batchStatement(schema: string, { ageMs, archive, of, where }: Part, after: string) {
  const { part, bind, select } = createStatement()
  part(
    'batch',
    `select run_id from ${schema}.run_events where ${where} and run_id > ${bind(after)}
       group by run_id order by run_id limit ${batchSize}`,
  )
  part(
    'old',
    `select r.id from ${schema}.runs r where r.id = any (array(select run_id from batch))
         and r.ended_at is not null and r.created_at < now() - ${bind(ageMs, 'float8')} * interval '1 millisecond'`,
  )
  if (!archive) part('deleted', deletion(schema, of, 'array(select id from old)'))
  const ids = archive ? ', (select json_agg(id) from old) as ids' : ''
  return select(`select (select max(run_id) from batch) as last, (select count(*) from batch) as looked_at,
        (select count(*) from old) as logs${ids}`)
}

const deletion = (schema: string, of: number, ids: string) =>
  `delete from ${schema}.run_events where day in (0, ${of}) and run_id = any (${ids})`

async function deleteRuns(
  client: SqlClient,
  schema: string,
  { ids, of }: { readonly ids: readonly string[]; readonly of: number },
): Promise<void> {
  if (ids.length === 0) return
  const { bind, select } = createStatement()
  await client.write(select(`${deletion(schema, of, listed(bind, ids))} returning 1 as deleted`))
}
