import { errorCode } from '../../../lib/failures/error-code.ts'
import type { Catalog } from '../../catalog/catalog.ts'
import type { DatabaseReader } from '../../database.ts'
import { fingerprintSelect, firstFingerprintSelect } from './fingerprint.ts'
import { lockedRelationsSelect } from './locked-relations.ts'
import { catalogSelects, toCatalog } from './read.ts'
import type { CatalogRows } from './rows.ts'

interface Entry {
  /** The last catalog with its fingerprint, which is null after the first read of a small catalog; null before any read. */
  known: { readonly fingerprint: string | null; readonly catalog: Catalog } | null
  /** The read in progress; null when there is none. */
  pending: Promise<Catalog> | null
}

/** Entries by database, then by schemas. The garbage collector removes them with their database. */
const entries = new WeakMap<object, Map<string, Entry>>()

/**
 * Returns the current catalog: the same object as before when its fingerprint is unchanged, or else a new one. A small
 * catalog is cached from its second read on, because its first read takes no fingerprint. Concurrent callers share one read.
 *
 * @param database The key of the cache.
 * @param reader Runs the SELECTs of a read.
 * @param schemas The names of the schemas; null for all.
 * @param onLocked Receives the names of relations that are locked and therefore missing, before any catalog was read. Once
 *   there is one, a read that a lock prevents rejects instead.
 */
export async function currentCatalog(
  database: object,
  reader: DatabaseReader,
  schemas: readonly string[] | null,
  onLocked: (names: readonly string[]) => void = () => undefined,
): Promise<Catalog> {
  const entry = entryOf(database, schemas)
  entry.pending ??= refresh(entry, reader, schemas)
    .catch((error: unknown) => {
      if (entry.known || errorCode(error) !== lockNotAvailable) throw error
      return readUnlocked(reader, schemas, onLocked)
    })
    .finally(() => (entry.pending = null))
  return entry.pending
}

const lockNotAvailable = '55P03'

function entryOf(database: object, schemas: readonly string[] | null): Entry {
  const known = entries.get(database) ?? new Map<string, Entry>()
  entries.set(database, known)
  const key = JSON.stringify(schemas?.toSorted() ?? null)
  const entry = known.get(key) ?? { known: null, pending: null }
  known.set(key, entry)
  return entry
}

async function refresh(
  entry: Entry,
  reader: DatabaseReader,
  schemas: readonly string[] | null,
): Promise<Catalog> {
  const { known } = entry
  if (known?.fingerprint) {
    const { fingerprint } = await reader.read({ fingerprint: fingerprintSelect })
    if (fingerprint[0]?.[0] === known.fingerprint) return known.catalog
  }
  const selects = {
    ...catalogSelects(schemas),
    fingerprint: known ? fingerprintSelect : firstFingerprintSelect,
  }
  const { fingerprint, ...rows } = await reader.read(selects)
  const catalog = toCatalog(rows as unknown as CatalogRows)
  const text = fingerprint[0]?.[0]
  entry.known = { fingerprint: typeof text === 'string' ? text : null, catalog }
  return catalog
}

/** Reads the catalog without the relations that are locked now. */
async function readUnlocked(
  reader: DatabaseReader,
  schemas: readonly string[] | null,
  onLocked: (names: readonly string[]) => void,
): Promise<Catalog> {
  const { locked } = await reader.read({ locked: lockedRelationsSelect })
  const rows = await reader.read(
    catalogSelects(
      schemas,
      locked.map(([oid]) => Number(oid)),
    ),
  )
  onLocked(locked.map(([, name]) => String(name)))
  return toCatalog(rows as unknown as CatalogRows)
}
