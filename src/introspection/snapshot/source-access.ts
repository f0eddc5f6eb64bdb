import { StudioError } from '../../errors.ts'
import { abortable, withDeadline } from '../../lib/deadline.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Database, DatabaseReader } from '../../project/database.ts'
import { explainFailure } from '../../project/failure.ts'
import { currentCatalog } from '../../project/postgres/catalog/cache.ts'
import type { DatabaseStatus } from '../wire.ts'

/** Longest a source may take, in milliseconds. */
const sourceTimeoutMs = 15_000

/** How the sources of one snapshot are read. */
export interface SourceAccess {
  /** Null without a database. */
  readonly database: DatabaseReader | null
  /** Pings the database; all reads of one snapshot share the answer. */
  readonly status: () => Promise<DatabaseStatus>
  readonly readSource: ReadSource
  /** What went wrong so far, in words that are safe to send. `readSource` adds to it. */
  readonly problems: string[]
}

/** Reads one source. If it fails or takes too long, returns null and adds a problem that begins with `name`. */
type ReadSource = <T>(name: string, read: () => Promise<T>) => Promise<T | null>

interface AccessOptions {
  readonly database: Database | null
  /** The schemas of the shared catalog; null for all. */
  readonly schemas: readonly string[] | null
  /** Pings the database. */
  readonly status: () => Promise<DatabaseStatus>
  /** Receives failures whose cause is unknown. */
  readonly report: (error: unknown) => void
}

/** Prepares the reads of one snapshot. */
export function createSourceAccess(options: AccessOptions): SourceAccess {
  const problems: string[] = []
  return {
    database: createDatabaseReader(options),
    status: options.status,
    readSource: createReadSource(problems, options.report),
    problems,
  }
}

function createReadSource(problems: string[], report: (error: unknown) => void): ReadSource {
  return async (name, read) => {
    const late = new StudioError('unavailable', `no answer within ${sourceTimeoutMs} ms`)
    try {
      return await withDeadline(sourceTimeoutMs, late, read)
    } catch (error) {
      problems.push(`${name}: ${explainFailure(error, report)}`)
      return null
    }
  }
}

/** Aborts pending reads as soon as the ping fails, and reads the catalog once for all sources. */
function createDatabaseReader({ database, schemas, status }: AccessOptions): DatabaseReader | null {
  if (!database) return null
  const controller = new AbortController()
  const abort = ({ connected, last_error }: DatabaseStatus) => {
    if (!connected) controller.abort(new StudioError('unavailable', last_error ?? 'no answer'))
  }
  status().then(abort, (error: unknown) => controller.abort(error))
  const { signal } = controller
  const read: DatabaseReader['read'] = (selects) =>
    abortable(database.read(selects, signal), signal)
  if (database.dialect !== 'postgresql') return { read }
  let catalog: Promise<Catalog> | undefined
  return { read, catalog: () => (catalog ??= currentCatalog(database, { read }, schemas)) }
}
