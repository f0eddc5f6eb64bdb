import { canonicalJson } from '../../../lib/checksum.ts'
import { errorCode } from '../../../lib/failures/error-code.ts'
import { inTurns } from '../../../lib/steps/turns.ts'
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
 * @param onLocked Receives the names of relations that are locked. What is shown of them is what was known before, or else
 *   everything but their expressions.
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
      if (errorCode(error) !== lockNotAvailable) throw error
      return readUnlocked(entry, { reader, schemas, onLocked })
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
  const catalog = await inTurns(toCatalog(rows as unknown as CatalogRows))
  const text = fingerprint[0]?.[0]
  entry.known = { fingerprint: typeof text === 'string' ? text : null, catalog }
  return catalog
}

interface UnlockedRead {
  readonly reader: DatabaseReader
  readonly schemas: readonly string[] | null
  readonly onLocked: (names: readonly string[]) => void
}

/**
 * Reads the catalog without the expressions of relations that are locked now, because printing one waits for the lock. The
 * result is the known catalog itself if nothing but locked relations changed.
 */
async function readUnlocked(
  { known }: Entry,
  { reader, schemas, onLocked }: UnlockedRead,
): Promise<Catalog> {
  const { catalog, locked } = await readAround(reader, schemas)
  const oids = new Set(locked.keys())
  onLocked([...locked.values()])
  const before = new Map(
    [...(known?.catalog.tables ?? []), ...(known?.catalog.views ?? [])].map((one) => [
      one.oid,
      one,
    ]),
  )
  const keep = <R extends { readonly oid: string }>(relation: R): R =>
    oids.has(relation.oid) ? ((before.get(relation.oid) as R | undefined) ?? relation) : relation
  const isPartial = ({ oid }: { readonly oid: string }) => oids.has(oid) && !before.has(oid)
  const merged = { ...catalog, tables: catalog.tables.map(keep), views: catalog.views.map(keep) }
  const partial = [...catalog.tables, ...catalog.views].filter(isPartial)
  if (known && canonicalJson(known.catalog) === canonicalJson(merged)) return known.catalog
  return { ...merged, partial: partial.map(({ schema, name }) => ({ schema, name })) }
}

/** How often other relations may be locked while those that were locked before are left out. */
const maxAttempts = 3

/** Reads the catalog without the expressions that a lock keeps from being printed. Returns the names of the relations by their oid. */
async function readAround(reader: DatabaseReader, schemas: readonly string[] | null) {
  const locked = new Map<string, string>()
  for (let attempt = 1; ; attempt++) {
    const { found } = await reader.read({ found: lockedRelationsSelect })
    for (const [oid, name] of found) locked.set(String(oid), String(name))
    try {
      const rows = await reader.read(catalogSelects(schemas, [...locked.keys()].map(Number)))
      const catalog = await inTurns(toCatalog(rows as unknown as CatalogRows))
      return { catalog, locked }
    } catch (error) {
      if (errorCode(error) !== lockNotAvailable || attempt === maxAttempts) throw error
    }
  }
}
