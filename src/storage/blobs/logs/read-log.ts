import { isEnded, type LogEntry, type RunProgress } from '../../../records/run.ts'
import { typeOfEntry } from '../../entry-type.ts'
import type { RunStore } from '../../store.ts'
import { payloadLost } from '../failures.ts'
import type { ArchivedLogs } from './archived-logs.ts'

/** What is read of a log: at most so many entries after a number. */
export interface LogPart {
  readonly runId: string
  readonly after: number
  readonly limit: number
}

/**
 * Reads a part of a log from the rows. Entries of an ended run that the rows do not have any more come from the archive. When it
 * has none either, only what the rows have is returned.
 */
export async function readLog(
  inner: RunStore,
  logs: ArchivedLogs,
  { runId, after, limit }: LogPart,
): Promise<readonly LogEntry[]> {
  const rows = await inner.readLog(runId, after, limit)
  const next = after + 1
  const last = rows.at(-1)
  if (last?.seq === after + rows.length) return rows // nothing is missing between them
  const before = rows.filter(({ seq }, index) => seq === next + index)
  if (before.length > 0) return before
  const run = await findProgress(inner, runId)
  if (!run || !isEnded(run.status) || next >= run.nextSeq) return rows
  const lines = await logs.read(runId)
  if (!lines) return rows
  if (lines.length !== run.nextSeq) throw payloadLost('damaged')
  return lines
    .slice(next, next + limit)
    .map((json, index) => ({ seq: next + index, type: typeOfEntry(json), json }))
}

/** Stores in several parts leave out of `progress` what is away, so that `journals` is asked about what it does not have. */
async function findProgress(runs: RunStore, runId: string): Promise<RunProgress | undefined> {
  const [found] = (await runs.progress?.([runId])) ?? []
  return found ?? (await runs.journals([runId]))[0]?.run
}
