import { randomUUID } from 'node:crypto'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Sql } from 'postgres'
import { fileBlobs } from '../../src/adapters/node.ts'
import { blobStores } from '../../src/blobs.ts'
import { postgresStores } from '../../src/postgres.ts'
import type { RunJournal, RunStore, Stores } from '../../src/storage/store.ts'

/** So small that most of what the runs of a campaign write becomes a blob. */
const minBytes = 200

/** Keeps the payloads of stores in a folder; no folder keeps them in the rows. */
export function withBlobs(stores: Stores, folder: string, archiveLogs = false): Stores {
  return folder === '' ? stores : blobStores(stores, fileBlobs(folder), { minBytes, archiveLogs })
}

/** Names a folder for the blobs of one campaign. */
export function blobsFolder(): string {
  return join(tmpdir(), `campaign-blobs-${randomUUID()}`)
}

/**
 * Moves the payloads, and logs that were archived, into the rows, where the checks look, once no instance runs any more.
 *
 * @returns how many rows of the log had a reference
 */
export async function inlineBlobs(sql: Sql, folder: string): Promise<number> {
  const stores = withBlobs(postgresStores(sql, { listen: false }), folder)
  const [row] = await sql<{ count: number }[]>`
    select count(*)::integer as count from studio.run_events where lines like '%"blob":"fetch-studio:blob:%'`
  const runs = await sql<{ id: string }[]>`select id from studio.runs`
  for (const { id } of runs) {
    const [journal] = await stores.runs.journals([id])
    if (journal) await writeJournal(sql, journal)
    await writeLog(sql, stores, id)
  }
  return row?.count ?? 0
}

async function writeJournal(sql: Sql, journal: RunJournal): Promise<void> {
  const { run, messages, turns, toolCalls, approvals } = journal
  const json = (value: unknown) => JSON.stringify(value)
  await sql`update studio.runs set input = ${json(run.input)}::text::jsonb, output = ${run.output},
    partial = ${run.partial && json(run.partial)}::text::jsonb where id = ${run.id}`
  for (const [index, { message }] of messages.entries()) {
    await sql`update studio.run_messages set message = ${json(message)}::text::jsonb
      where run_id = ${run.id} and index = ${index}`
  }
  for (const turn of turns) {
    await sql`update studio.run_turns set data = ${json(turn)}::text::jsonb
      where run_id = ${run.id} and turn = ${turn.turn}`
  }
  for (const call of toolCalls) {
    await sql`update studio.run_tool_calls set data = ${json(call)}::text::jsonb
      where run_id = ${run.id} and tool_call_id = ${call.toolCallId}`
  }
  for (const { id, input, args } of approvals) {
    await sql`update studio.approvals set input = ${json(input)}::text::jsonb,
      data = jsonb_set(data, '{args}', ${json(args)}::text::jsonb) where id = ${id}`
  }
}

async function writeLog(sql: Sql, { runs }: Stores, id: string): Promise<void> {
  const rows = await sql<{ first_seq: number; last_seq: number }[]>`
    select first_seq, last_seq from studio.run_events where run_id = ${id}`
  if (rows.length === 0) return writeArchivedLog(sql, runs, id)
  for (const { first_seq: first, last_seq: last } of rows) {
    const entries = await runs.readLog(id, first - 1, last - first + 1)
    const lines = entries.map(({ json }) => json).join('\n')
    await sql`update studio.run_events set lines = ${lines} where run_id = ${id} and first_seq = ${first}`
  }
}

async function writeArchivedLog(sql: Sql, runs: RunStore, id: string): Promise<void> {
  const entries = await runs.readLog(id, -1, 1_000_000)
  const last = entries.at(-1)
  if (!last) return
  await sql`insert into studio.run_events ${sql({
    run_id: id,
    first_seq: 0,
    last_seq: last.seq,
    lines: entries.map(({ json }) => json).join('\n'),
  })}`
}
