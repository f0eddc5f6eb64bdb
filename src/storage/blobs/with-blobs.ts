import { type Clock, systemClock } from '../../lib/clock.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkCount, checkDuration } from '../../lib/options/numbers.ts'
import type { Hint, LogArchive, Stores } from '../store.ts'
import { createBlobApprovals } from './approvals.ts'
import { boundBlobs } from './bounded.ts'
import { createCollector } from './collector.ts'
import { createArchivedLogs } from './logs/archived-logs.ts'
import { createPayloads, type Payloads } from './payloads.ts'
import type { Blobs } from './port.ts'
import { createBlobRuns } from './runs.ts'
import { createBlobSessions } from './sessions.ts'
import { walkEntries } from './walks.ts'

/** Options of `blobStores`; each has a default. */
export interface BlobStoresOptions {
  /** A value whose JSON has at least this many bytes is kept as a blob. It may change at any time. @default 65_536 */
  readonly minBytes?: number
  /** How long one call of the blobs may take before it rejects with `unavailable`, in milliseconds. @default 30_000 */
  readonly timeoutMs?: number
  /**
   * Whether a log that `retention.logs` of the stores deletes becomes a blob first, so that its events can still be read until its
   * run is deleted. Logs that were archived are read whether it is set or not. @default false
   */
  readonly archiveLogs?: boolean
  /** The time by which `prune` knows that a blob is older than a day. @default the clock of the host */
  readonly clock?: Clock
}

const knownOptions: KnownKeys<BlobStoresOptions> = {
  minBytes: true,
  timeoutMs: true,
  archiveLogs: true,
  clock: true,
}

/**
 * Keeps what is large of runs and messages as blobs, and small references in the rows of other stores: lines of the log,
 * messages, turns, arguments and results of tools, approvals, and the prompt, history, tools and output of a run. Metadata,
 * titles and change sets stay in the rows. Every answer is the same as without it; values below `minBytes` never touch the blobs.
 *
 * A blob is written before the row that names it. When one cannot be read or written, the call rejects with `unavailable`.
 * Deleting a session deletes its blobs; `prune` deletes those that no run has and that are older than a day, so that no
 * other stores may use the same blobs. Rows with references are read only through `blobStores`.
 *
 * @throws TypeError for an option that is unknown or out of range.
 * @example
 * new Studio(agents, { stores: blobStores(postgresStores(sql), fileBlobs('/var/lib/studio')) })
 */
export function blobStores(stores: Stores, blobs: Blobs, options: BlobStoresOptions = {}): Stores {
  refuseUnknownKeys('The options of blobStores', options, knownOptions)
  const minBytes = checkCount('minBytes', options.minBytes ?? 65_536, 1)
  const timeoutMs = checkDuration('timeoutMs', options.timeoutMs ?? 30_000)
  const { clock = systemClock, archiveLogs = false } = options
  const bounded = boundBlobs(blobs, timeoutMs)
  const payloads = createPayloads(bounded, minBytes)
  const collector = createCollector(bounded, stores.runs)
  const logs = createArchivedLogs(bounded)
  const { shared, kind, changes, outbox, pushTargets, counts, watch, listening } = stores
  return {
    ...(shared === undefined ? {} : { shared }),
    ...(kind === undefined ? {} : { kind }),
    sessions: createBlobSessions(stores, payloads, collector),
    runs: createBlobRuns({ inner: stores.runs, payloads, collector, logs }),
    approvals: createBlobApprovals(stores.approvals, payloads),
    ...(changes ? { changes } : {}),
    ...(outbox ? { outbox } : {}),
    ...(pushTargets ? { pushTargets } : {}),
    ready: async () => stores.ready?.(),
    ...(counts ? { counts: (tenant: string) => counts.call(stores, tenant) } : {}),
    async prune(outer) {
      const archive = outer ? withPayloads(outer, payloads) : archiveLogs ? logs : null
      const pruned = archive ? await stores.prune?.(archive) : await stores.prune?.()
      const count = await collector.collect(clock.now())
      return { runs: 0, sessions: 0, idempotencyKeys: 0, ...pruned, blobs: count }
    },
    ...(watch ? { watch: (onHint: (hint: Hint) => void) => watch.call(stores, onHint) } : {}),
    ...(listening ? { listening: () => listening.call(stores) } : {}),
    close: async () => stores.close?.(),
  }
}

/** Hands whole entries to an archive that knows no references. */
function withPayloads(archive: LogArchive, { load }: Payloads): LogArchive {
  return {
    keep: async (runId, entries) => archive.keep(runId, await load(entries, walkEntries)),
  }
}
