import { StudioError } from '../../errors.ts'
import { type Clock, isoTime } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Database, DatabaseReader } from '../../project/database.ts'
import { explainFailure } from '../../project/failure.ts'
import { currentCatalog } from '../../project/postgres/catalog/cache.ts'
import type { DatabaseStatus } from '../wire.ts'

/** Longest a source may take, in milliseconds. */
const sourceTimeoutMs = 15_000

/**
 * What each source returned when it was last read. It outlives the snapshots, so that a source that cannot be read now
 * keeps its content (docs/decisions/095-the-last-known-content-stays.md).
 */
export type SourceMemory = Map<string, { readonly content: unknown; readonly readAt: number }>

/** How the sources of one snapshot are read. */
export interface SourceAccess {
  /** Null without a database. */
  readonly database: DatabaseReader | null
  /** Pings the database; all reads of one snapshot share the answer. */
  readonly status: () => Promise<DatabaseStatus>
  readonly readSource: ReadSource
  /**
   * Returns the last known content of a source whose read failed, and adds a problem that says how old the content is.
   * Returns null if the source was never read.
   */
  recall<T>(name: string, reason: string): T | null
  /** Keeps the content of a source for `recall`. */
  remember(name: string, content: unknown): void
  /** What went wrong so far, in words that are safe to send. `readSource` adds to it. */
  readonly problems: string[]
}

/**
 * Reads one source. If it fails or takes too long, adds a problem that begins with `name`, and returns its last known
 * content, or null if it was never read.
 */
type ReadSource = <T>(name: string, read: () => Promise<T>) => Promise<T | null>

interface AccessOptions {
  readonly database: Database | null
  /** The schemas of the shared catalog; null for all. */
  readonly schemas: readonly string[] | null
  /** Pings the database. */
  readonly status: () => Promise<DatabaseStatus>
  /** Receives failures whose cause is unknown. */
  readonly report: (error: unknown) => void
  readonly memory: SourceMemory
  readonly clock: Clock
}

/** Prepares the reads of one snapshot. */
export function createSourceAccess(options: AccessOptions): SourceAccess {
  const { memory, clock, report } = options
  const problems: string[] = []
  const recall: SourceAccess['recall'] = <T>(name: string, reason: string) => {
    const known = memory.get(name)
    problems.push(`${name}: ${reason}${known ? `; shown as of ${isoTime(known.readAt)}` : ''}`)
    return known ? (known.content as T) : null // `remember` stored it under the name of the same source
  }
  const remember = (name: string, content: unknown) => {
    memory.set(name, { content, readAt: clock.now() })
  }
  const readSource: ReadSource = async (name, read) => {
    const late = new StudioError('unavailable', `no answer within ${sourceTimeoutMs} ms`)
    try {
      const content = await withDeadline(sourceTimeoutMs, late, read)
      remember(name, content)
      return content
    } catch (error) {
      return recall(name, explainFailure(error, report))
    }
  }
  const onLocked = (names: readonly string[]) =>
    problems.push(
      ...names.map(
        (name) =>
          `catalog: ${name} is locked; shown as before the lock, or without its expressions`,
      ),
    )
  const database = createDatabaseReader(options, onLocked)
  return { database, status: options.status, readSource, recall, remember, problems }
}

/**
 * Reads once the ping was answered, because a read that is sent to a database that does not answer could be executed later, for
 * a caller that has left. Reads the catalog once for all sources.
 */
function createDatabaseReader(
  { database, schemas, status }: AccessOptions,
  onLocked: (names: readonly string[]) => void,
): DatabaseReader | null {
  if (!database) return null
  const read: DatabaseReader['read'] = async (selects) => {
    const { connected, last_error } = await status()
    if (!connected) throw new StudioError('unavailable', last_error ?? 'no answer')
    return database.read(selects)
  }
  if (database.dialect !== 'postgresql') return { read }
  let catalog: Promise<Catalog> | undefined
  return {
    read,
    catalog: () => (catalog ??= currentCatalog(database, { read }, schemas, onLocked)),
  }
}
