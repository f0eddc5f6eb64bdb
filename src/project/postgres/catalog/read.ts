import type { Catalog } from '../../catalog/catalog.ts'
import type { DatabaseReader } from '../../database.ts'
import { byName } from './lookup.ts'
import { columnSelects, databaseSelects, functionSelects, typeSelects } from './object-selects.ts'
import { toFunctions, toSequences, toUserTypes } from './objects.ts'
import { keySelects, relationSelects } from './relation-selects.ts'
import { toRelations } from './tables.ts'
import type { CatalogRows } from './rows.ts'
import { createScope, type Scope } from './scope.ts'

/** Options of `readCatalog`; each has a default. */
export interface CatalogOptions {
  /** @default every schema that is neither PostgreSQL's own nor an extension's */
  schemas?: readonly string[]
}

/**
 * Reads what PostgreSQL's catalogs say of the schemas, in one round trip and one snapshot, from version 14 on. SELECT on
 * nothing is needed: the catalogs are open to every role. A schema that does not exist is not among the answer's `schemas`.
 */
export async function readCatalog(
  database: DatabaseReader,
  { schemas }: CatalogOptions = {},
): Promise<Catalog> {
  const rows = await database.read(catalogSelects(schemas ?? null))
  return toCatalog(rows as unknown as CatalogRows)
}

/** The questions the catalogs are asked, for `Database.read`, in the order they are asked. */
export function catalogSelects(
  schemas: readonly string[] | null,
): Readonly<Record<keyof CatalogRows | keyof Scope['first'], string>> {
  const scope = createScope(schemas)
  return {
    ...scope.first,
    ...databaseSelects(scope),
    ...relationSelects(scope),
    ...columnSelects(scope),
    ...keySelects(scope),
    ...typeSelects(scope),
    ...functionSelects(scope),
  }
}

/** Puts a catalog together out of the rows of `catalogSelects`. */
export function toCatalog(rows: CatalogRows): Catalog {
  const [[serverVersion, database] = [0, '']] = rows.server
  return {
    serverVersion,
    database,
    schemas: rows.schemas.map(([name, owner, comment]) => ({ name, owner, comment })).sort(byName),
    ...toRelations(rows),
    ...toUserTypes(rows),
    sequences: toSequences(rows),
    functions: toFunctions(rows),
    extensions: rows.extensions
      .map(([name, schema, version, availableVersion]) => ({
        name,
        schema,
        version,
        availableVersion,
      }))
      .sort(byName),
  }
}
