import type {
  Catalog,
  CatalogSequence,
  CatalogTable,
  CatalogView,
} from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import type { CatalogStatistics } from '../../project/catalog/statistics.ts'
import { type Exposure, noExposure } from './grants.ts'
import { append } from '../../lib/groups.ts'
import { toName } from './identifiers.ts'

/** What rules are given: a catalog, what goes with it, and look-ups that are made once. */
export interface Inspected {
  readonly catalog: Catalog
  /** Null when the server's counters could not be read. */
  readonly statistics: CatalogStatistics | null
  readonly exposure: Exposure
  /** Schemas that clients of an API reach. */
  readonly exposedSchemas: ReadonlySet<string>
  /** Youngest age, in days, at which counters tell which indexes nobody uses. */
  readonly unusedAfterDays: number
  /** Milliseconds since 1970. */
  readonly now: number
  /** Tables and partitions no extension owns. */
  readonly tables: readonly CatalogTable[]
  /** Those that are nobody's partition. */
  readonly roots: readonly CatalogTable[]
  /** Views no extension owns. */
  readonly views: readonly CatalogView[]
  /** The table of this name; undefined outside the chosen schemas. */
  tableOf(name: ObjectName): CatalogTable | undefined
  /** Direct partitions of a table. */
  partitionsOf(name: ObjectName): readonly CatalogTable[]
  /** The sequence that feeds a column; undefined without one. */
  sequenceOf(table: ObjectName, column: string): CatalogSequence | undefined
}

/** What `inspect` may be given besides the catalog. */
export interface InspectOptions {
  readonly statistics?: CatalogStatistics | null
  readonly exposure?: Exposure
  readonly exposedSchemas?: readonly string[]
  readonly unusedAfterDays?: number
  readonly now: number
}

/** Prepares a catalog for rules; takes time proportional to its size. */
export function inspect(catalog: Catalog, options: InspectOptions): Inspected {
  const { statistics = null, exposure = noExposure, exposedSchemas = [], now } = options
  const tables = catalog.tables.filter(({ extension }) => extension === null)
  const byName = new Map(catalog.tables.map((table) => [toName(table), table]))
  const partitions = new Map<string, CatalogTable[]>()
  for (const table of tables) {
    if (table.partitionOf) append(partitions, toName(table.partitionOf), table)
  }
  const sequences = new Map<string, CatalogSequence>()
  for (const sequence of catalog.sequences) {
    const { ownedBy } = sequence
    if (ownedBy) sequences.set(`${ownedBy.schema}.${ownedBy.table}.${ownedBy.column}`, sequence)
  }
  return {
    catalog,
    statistics,
    exposure,
    exposedSchemas: new Set(exposedSchemas),
    unusedAfterDays: options.unusedAfterDays ?? 14,
    now,
    tables,
    roots: tables.filter(({ partitionOf }) => partitionOf === null),
    views: catalog.views.filter(({ extension }) => extension === null),
    tableOf: (name) => byName.get(toName(name)),
    partitionsOf: (name) => partitions.get(toName(name)) ?? [],
    sequenceOf: (table, column) => sequences.get(`${toName(table)}.${column}`),
  }
}
