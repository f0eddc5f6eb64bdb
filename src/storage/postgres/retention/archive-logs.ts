import type { LogEntry } from '../../../records/run.ts'
import type { LogArchive } from '../../store.ts'
import type { SqlClient, SqlRow } from '../client.ts'
import { toEntries } from '../rows.ts'
import { createStatement, listed } from '../statement.ts'

/** Where logs of runs go whose ids have this day. */
export interface DayArchive {
  readonly day: number
  readonly archive: LogArchive
}

/** How far a day is archived. */
export interface DayWalk extends DayArchive {
  /** The runs that were open when it began: it may have passed them before they ended. */
  readonly open: readonly string[]
  /** The logs of the others up to this id are archived. */
  after: string
}

/** Remembers the day that could not be archived or dropped, so that the next call goes on there. */
export interface LastWalk {
  current: DayWalk | null
}

/** So many runs are looked at by one statement. */
const batchRuns = 100

/** The logs of several runs are read together up to this size, in bytes. A larger one is read in parts. */
const batchBytes = 8 * 1_048_576

/** So many logs are handed over at the same time. */
const mostKept = 16

/** Archives the logs of ended runs that have rows in the partition of a day, from where the walk is. Resolves to how many. */
export async function archiveDay(
  client: SqlClient,
  schema: string,
  walk: DayWalk,
): Promise<number> {
  const { day, archive } = walk
  let { after } = walk
  for (let archived = 0; ;) {
    const rows = await client.query(
      `select run_id from ${schema}.run_events where day = ${day} and run_id > $1::text
       group by run_id order by run_id limit ${batchRuns}`,
      [after],
    )
    const ids = rows.map((row) => String(row['run_id']))
    archived += await archiveRuns(client, schema, { ids, day, archive })
    after = ids.at(-1) ?? after
    walk.after = after
    if (ids.length < batchRuns) return archived
  }
}

/**
 * Archives the logs of those of these runs that have ended. What is left of a log that was deleted before is not archived: it
 * would replace the whole log. Resolves to how many were archived.
 */
export async function archiveRuns(
  client: SqlClient,
  schema: string,
  { ids, day, archive }: DayArchive & { readonly ids: readonly string[] },
): Promise<number> {
  let archived = 0
  for (const group of await listGroups(client, schema, { ids, day })) {
    const logs = await readLogs(client, schema, { group, day })
    const whole = group.runs.flatMap(({ id, nextSeq }) => {
      const entries = logs.get(id) ?? []
      return isWhole(entries, nextSeq) ? [{ id, entries }] : []
    })
    await keepAll(whole, archive)
    archived += whole.length
  }
  return archived
}

function isWhole(entries: readonly LogEntry[], length: number): boolean {
  return entries.length === length && entries.every(({ seq }, index) => seq === index)
}

/** Runs whose logs are read together. */
interface Group {
  readonly runs: { readonly id: string; readonly nextSeq: number }[]
  bytes: number
}

async function listGroups(
  client: SqlClient,
  schema: string,
  { ids, day }: { readonly ids: readonly string[]; readonly day: number },
): Promise<Group[]> {
  if (ids.length === 0) return []
  const { bind, select } = createStatement()
  const rows = await client.read(
    select(`select r.id, r.next_seq, l.bytes from ${schema}.runs r cross join lateral (
        select coalesce(sum(octet_length(e.lines)), 0) as bytes from ${schema}.run_events e
        where e.run_id = r.id and e.day in (0, ${day})
      ) l where r.id = any (${listed(bind, ids)}) and r.ended_at is not null order by r.id`),
  )
  const groups: Group[] = []
  for (const row of rows) {
    const run = { id: String(row['id']), nextSeq: Number(row['next_seq']) }
    const bytes = Number(row['bytes'])
    const last = groups.at(-1)
    if (last && last.bytes + bytes <= batchBytes) {
      last.runs.push(run)
      last.bytes += bytes
    } else groups.push({ runs: [run], bytes })
  }
  return groups
}

/** Reads the logs of a group, a part of at most so many bytes with each statement. */
async function readLogs(
  client: SqlClient,
  schema: string,
  { group, day }: { readonly group: Group; readonly day: number },
): Promise<Map<string, LogEntry[]>> {
  const logs = new Map<string, LogEntry[]>()
  const ids = group.runs.map(({ id }) => id)
  let after: SqlRow = { run_id: '', first_seq: 0 }
  for (let read = 0; read < group.bytes;) {
    const { bind, select } = createStatement()
    const rows = await client.read(
      select(`select p.run_id, p.first_seq, p.lines, p.bytes from (
          select e.run_id, e.first_seq, e.lines, octet_length(e.lines) as bytes,
            sum(octet_length(e.lines)) over (order by e.run_id, e.first_seq) as total
          from ${schema}.run_events e where e.day in (0, ${day}) and e.run_id = any (${listed(bind, ids)})
            and (e.run_id, e.first_seq) > (${bind(String(after['run_id']))}, ${bind(Number(after['first_seq']), 'integer')})
        ) p where p.total - p.bytes < ${batchBytes} order by p.run_id, p.first_seq`),
    )
    for (const row of rows) {
      const id = String(row['run_id'])
      const entries = logs.get(id) ?? []
      logs.set(id, entries)
      for (const entry of toEntries(row)) entries.push(entry)
      read += Number(row['bytes'])
      after = row
    }
    if (rows.length === 0) break // deleted meanwhile
  }
  return logs
}

/** Hands logs over. After the first failure no other one begins. */
async function keepAll(
  logs: readonly { readonly id: string; readonly entries: readonly LogEntry[] }[],
  archive: LogArchive,
): Promise<void> {
  const waiting = [...logs]
  const work = async () => {
    try {
      for (let log = waiting.shift(); log; log = waiting.shift()) {
        await archive.keep(log.id, log.entries)
      }
    } catch (error) {
      waiting.length = 0
      throw error
    }
  }
  for (const outcome of await Promise.allSettled(Array.from({ length: mostKept }, work))) {
    if (outcome.status === 'rejected') throw outcome.reason
  }
}
