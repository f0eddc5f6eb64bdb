import { inTurns, type Steps } from '../../../lib/steps/turns.ts'
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
  /** The schemas to read. @default every schema that belongs neither to PostgreSQL nor to an extension */
  schemas?: readonly string[]
}

/**
 * Reads PostgreSQL's catalogs for the schemas in one round trip and one snapshot, from version 14 on. The role needs no SELECT
 * privilege, because every role can read the catalogs. A schema that does not exist is missing from `schemas` of the result.
 *
 * @see docs/decisions/014-the-catalog-in-one-message.md
 */
export async function readCatalog(
  database: DatabaseReader,
  { schemas }: CatalogOptions = {},
): Promise<Catalog> {
  const rows = await database.read(catalogSelects(schemas ?? null))
  return inTurns(toCatalog(rows as unknown as CatalogRows))
}

/**
 * Returns the SELECTs of a catalog read for `Database.read`, in the order in which they run. `leftOut` lists the oids of
 * relations whose expressions are not read.
 */
export function catalogSelects(
  schemas: readonly string[] | null,
  leftOut: readonly number[] = [],
): Readonly<Record<keyof CatalogRows | keyof Scope['first'], string>> {
  const scope = createScope(schemas, leftOut)
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

/** Builds a catalog from the rows of `catalogSelects`, in steps. */
export function* toCatalog(rows: CatalogRows): Steps<Catalog> {
  const relations = yield* toRelations(rows)
  yield
  const sequences = yield* toSequences(rows)
  yield
  const [[serverVersion, database] = [0, '']] = rows.server
  return {
    serverVersion,
    database,
    schemas: rows.schemas.map(([name, owner, comment]) => ({ name, owner, comment })).sort(byName),
    ...relations,
    ...toUserTypes(rows),
    sequences,
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
