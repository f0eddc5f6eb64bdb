import type { LogArchive } from '../../store.ts'
import { keyOfLog } from '../keys.ts'
import type { Blobs } from '../port.ts'
import { decodeLog, encodeLog } from './log-blob.ts'

/** The logs that are blobs. */
export interface ArchivedLogs extends LogArchive {
  /** Resolves to the JSON of each entry of the log of a run, from number 0 on; null when it was not archived. */
  read(runId: string): Promise<readonly string[] | null>
}

/** So many logs that were read stay in memory for the next page. */
const mostRecent = 32

/** Above so many characters the ones that were read least recently are forgotten. The last one stays, whatever its size. */
const mostCharacters = 16 * 1_048_576

/** Creates the logs of stores. Readers of a log at the same time, and its next pages, share one read of its blob. */
export function createArchivedLogs(blobs: Blobs): ArchivedLogs {
  const recent = new Map<string, { readonly lines: readonly string[]; readonly size: number }>()
  const reading = new Map<string, Promise<readonly string[] | null>>()
  const fetchLog = async (runId: string) => {
    const bytes = await blobs.get(keyOfLog(runId))
    return bytes && remember(runId, await decodeLog(runId, bytes))
  }
  const remember = (runId: string, lines: readonly string[]) => {
    recent.set(runId, { lines, size: lines.reduce((sum, line) => sum + line.length, 0) })
    let characters = [...recent.values()].reduce((sum, { size }) => sum + size, 0)
    for (const [oldest, { size }] of recent) {
      const fits = characters <= mostCharacters && recent.size <= mostRecent
      if (fits || recent.size === 1) break
      recent.delete(oldest)
      characters -= size
    }
    return lines
  }
  return {
    keep: async (runId, entries) => blobs.put(keyOfLog(runId), await encodeLog(runId, entries)),
    async read(runId) {
      const known = recent.get(runId)
      if (known) {
        recent.delete(runId) // the newest stand last
        recent.set(runId, known)
        return known.lines
      }
      const read = reading.get(runId) ?? fetchLog(runId).finally(() => reading.delete(runId))
      reading.set(runId, read)
      return read
    },
  }
}
