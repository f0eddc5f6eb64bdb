import type {
  Catalog,
  CatalogSequence,
  CatalogTable,
  CatalogView,
} from '../../project/catalog/catalog.ts'
import type { ObjectName } from '../../project/catalog/object-name.ts'
import type { CatalogStatistics } from '../../project/catalog/statistics.ts'
import { type Grants, noGrants } from './grants.ts'
import { append } from '../../lib/groups.ts'
import { toName } from './identifiers.ts'

/** The input of every rule: the catalog, the facts around it, and look-ups that are prepared once. */
export interface Inspected {
  readonly catalog: Catalog
  /** Null when the server's counters could not be read. */
  readonly statistics: CatalogStatistics | null
  readonly grants: Grants
  /** The schemas that clients of an API can reach. */
  readonly exposedSchemas: ReadonlySet<string>
  /** The age in days that counters need before an unused index is reported. */
  readonly unusedAfterDays: number
  /** The current time in milliseconds since 1970-01-01 UTC. */
  readonly now: number
  /** All tables and partitions except those of extensions. */
  readonly tables: readonly CatalogTable[]
  /** The tables that are not a partition of another table. */
  readonly roots: readonly CatalogTable[]
  /** All views except those of extensions. */
  readonly views: readonly CatalogView[]
  /** Returns the table of this name; undefined when it is outside the inspected schemas. */
  tableOf(name: ObjectName): CatalogTable | undefined
  /** Returns the direct partitions of a table. */
  partitionsOf(name: ObjectName): readonly CatalogTable[]
  /** Returns the tables directly below a table: its partitions and those that inherit from it. */
  heirsOf(name: ObjectName): readonly CatalogTable[]
  /** Returns the sequence that a column owns; undefined when it has none. */
  sequenceOf(table: ObjectName, column: string): CatalogSequence | undefined
}

/** The input of `inspect` besides the catalog. */
export interface InspectOptions {
  readonly statistics?: CatalogStatistics | null
  readonly grants?: Grants
  readonly exposedSchemas?: readonly string[]
  readonly unusedAfterDays?: number
  readonly now: number
}

/** Prepares a catalog for the rules, in time proportional to its size. */
export function inspect(catalog: Catalog, options: InspectOptions): Inspected {
  const { statistics = null, grants = noGrants, exposedSchemas = [], now } = options
  const tables = catalog.tables.filter(({ extension }) => extension === null)
  const byName = new Map(catalog.tables.map((table) => [toName(table), table]))
  const partitions = new Map<string, CatalogTable[]>()
  const heirs = new Map<string, CatalogTable[]>()
  for (const table of tables) {
    const { partitionOf, inherits } = table
    if (partitionOf) append(partitions, toName(partitionOf), table)
    for (const parent of partitionOf ? [partitionOf, ...inherits] : inherits) {
      append(heirs, toName(parent), table)
    }
  }
  const sequences = new Map<string, CatalogSequence>()
  for (const sequence of catalog.sequences) {
    const { ownedBy } = sequence
    if (ownedBy) sequences.set(`${ownedBy.schema}.${ownedBy.table}.${ownedBy.column}`, sequence)
  }
  return {
    catalog,
    statistics,
    grants,
    exposedSchemas: new Set(exposedSchemas),
    unusedAfterDays: options.unusedAfterDays ?? 14,
    now,
    tables,
    roots: tables.filter(({ partitionOf }) => partitionOf === null),
    views: catalog.views.filter(({ extension }) => extension === null),
    tableOf: (name) => byName.get(toName(name)),
    partitionsOf: (name) => partitions.get(toName(name)) ?? [],
    heirsOf: (name) => heirs.get(toName(name)) ?? [],
    sequenceOf: (table, column) => sequences.get(`${toName(table)}.${column}`),
  }
}
