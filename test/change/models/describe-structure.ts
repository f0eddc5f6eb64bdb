import type { Sql } from 'postgres'
import { toStructure } from '../../../src/change/schema/catalog-structure.ts'
import type { Catalog } from '../../../src/project/catalog/catalog.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'

/** Describes a database whole, but for what Drizzle cannot say: names of primary keys of one column and of sequences. */
export async function describeStructure(sql: Sql): Promise<object> {
  const catalog = await readCatalog(postgresDatabase(sql), { schemas: ['public', 'shop'] })
  return toStructure({ ...catalog, sequences: [], tables: catalog.tables.map(describeTable) })
}

function describeTable(table: Catalog['tables'][number]): Catalog['tables'][number] {
  const { primaryKey } = table
  const plain = primaryKey && primaryKey.columns.length === 1 ? primaryKey.name : null
  const rename = (name: string) => (name === plain ? 'the key' : name)
  return {
    ...table,
    columns: table.columns.map((column) => ({ ...column, default: toPlain(column.default) })),
    primaryKey: primaryKey && {
      ...primaryKey,
      name: rename(primaryKey.name),
      index: rename(primaryKey.index),
    },
    indexes: table.indexes
      .map((index) => ({
        ...index,
        isReferenced: false, // which of two unique indexes a foreign key uses follows from when they were made
        name: rename(index.name),
        constraint: index.constraint && rename(index.constraint),
      }))
      .toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  }
}

/** Drizzle writes numbers of type numeric in quotes; a sequence of a serial has the name of its table. */
function toPlain(text: string | null): string | null {
  if (text?.startsWith('nextval(')) return 'a number'
  return text?.replace(/^'?(-?[\d.]+)'?(?:::(?:integer|numeric|bigint))?$/, '$1') ?? null
}
