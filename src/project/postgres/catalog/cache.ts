import type { Catalog } from '../../catalog/catalog.ts'
import type { DatabaseReader } from '../../database.ts'
import { fingerprintSelect, firstFingerprintSelect } from './fingerprint.ts'
import { catalogSelects, toCatalog } from './read.ts'
import type { CatalogRows } from './rows.ts'

interface Entry {
  /** The catalog that was read last, and how it is recognised; null when it was read for the first time and is small. */
  known: { readonly fingerprint: string | null; readonly catalog: Catalog } | null
  /** A read under way. */
  pending: Promise<Catalog> | null
}

/** By database, then by schemas. A database that is gone takes its catalogs with it. */
const entries = new WeakMap<object, Map<string, Entry>>()

/**
 * Answers the catalog as it is now: the one known of this database when its fingerprint is still the same, which is the very
 * same object then, or else a new one. A small one is read twice before it is known: its first read takes no fingerprint. A read
 * under way is joined.
 *
 * @param database Whose catalogs are remembered.
 * @param reader Reads it.
 * @param schemas Null for all.
 */
export async function currentCatalog(
  database: object,
  reader: DatabaseReader,
  schemas: readonly string[] | null,
): Promise<Catalog> {
  const entry = entryOf(database, schemas)
  entry.pending ??= refresh(entry, reader, schemas).finally(() => (entry.pending = null))
  return entry.pending
}

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
