import { sha256, canonicalJson } from '../../lib/checksum.ts'
import type { Catalog, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { CatalogColumn } from '../../project/catalog/relations.ts'

/**
 * Returns what two databases with the same structure have in common: the catalog without the name and version of the
 * database, oids, sizes, the numbers of columns, and the owners of tables and views, which depend on who runs the statements.
 */
export function toStructure(catalog: Catalog): object {
  const { serverVersion: _version, database: _database, partial: _partial, ...rest } = catalog
  return {
    ...rest,
    tables: catalog.tables.map(toTableStructure),
    views: catalog.views.map(toViewStructure),
  }
}

/** Returns the SHA-256 of the structure of a catalog, as 64 hex digits. */
export async function structureChecksum(catalog: Catalog): Promise<string> {
  return sha256(canonicalJson(toStructure(catalog)))
}

function toTableStructure(table: CatalogTable): object {
  const { oid: _oid, owner: _owner, estimatedRows: _rows, estimatedBytes: _bytes, ...rest } = table
  return {
    ...rest,
    columns: table.columns.map(toColumnStructure),
    indexes: table.indexes.map(toIndexStructure),
  }
}

function toViewStructure(view: CatalogView): object {
  const { oid: _oid, owner: _owner, estimatedRows: _rows, ...rest } = view
  return {
    ...rest,
    columns: view.columns.map(toColumnStructure),
    indexes: view.indexes.map(toIndexStructure),
  }
}

function toColumnStructure({ position: _position, ...rest }: CatalogColumn): object {
  return rest
}

function toIndexStructure({ estimatedBytes: _bytes, ...rest }: CatalogTable['indexes'][number]) {
  return rest
}
