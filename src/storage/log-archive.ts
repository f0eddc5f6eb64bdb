import type { LogEntry } from '../records/run.ts'

/**
 * Keeps logs that stores delete. A store hands each log over first, and deletes it only when `keep` has resolved; when `keep`
 * rejects, the log stays where it is and `prune` rejects.
 *
 * @see docs/decisions/249-logs-are-archived-before-they-are-dropped.md
 */
export interface LogArchive {
  /**
   * Keeps the log of a run that has ended: all of its entries in order, never what is left of them. What it resolved for is
   * durable. To keep the same log again changes nothing.
   */
  keep(runId: string, entries: readonly LogEntry[]): Promise<void>
}
