import { toIdentifier, toIdentifiers, toName, toQualified } from '../../health/kit/identifiers.ts'
import type { Catalog, CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { type DraftStatement, draft } from './statement.ts'

/** Prints a column for CREATE TABLE and ADD COLUMN. */
export function printColumn(column: CatalogColumn, table: CatalogTable, catalog: Catalog): string {
  const { name, type, default: value, identity, notNull } = column
  const sequence = catalog.sequences.find(
    ({ ownedBy }) =>
      ownedBy?.schema === table.schema && ownedBy.table === table.name && ownedBy.column === name,
  )
  const kind = identity === 'always' ? 'ALWAYS' : 'BY DEFAULT'
  return [
    `${toIdentifier(name)} ${type}`,
    ...(value === null ? [] : [`DEFAULT ${value}`]),
    ...(identity && sequence
      ? [`GENERATED ${kind} AS IDENTITY (SEQUENCE NAME ${toQualified(sequence)})`]
      : []),
    ...(notNull && !identity ? ['NOT NULL'] : []),
  ].join(' ')
}

/** Prints the creation of a table with its primary key. */
export function printCreateTable(table: CatalogTable, catalog: Catalog): DraftStatement[] {
  const { primaryKey } = table
  const parts = [
    ...table.columns.map((column) => printColumn(column, table, catalog)),
    ...(primaryKey
      ? [
          `CONSTRAINT ${toIdentifier(primaryKey.name)} PRIMARY KEY (${toIdentifiers(primaryKey.columns)})`,
        ]
      : []),
  ]
  const name = toQualified(table)
  const sql = `CREATE TABLE ${name} (\n  ${parts.join(',\n  ')}\n);`
  return [draft(sql, null, { reverse: [`DROP TABLE ${name};`] })]
}

/** Prints the removal of a table, which also locks the tables that its foreign keys reference. */
export function printDropTable(table: CatalogTable): DraftStatement[] {
  return [
    draft(`DROP TABLE ${toQualified(table)};`, 'ACCESS EXCLUSIVE', {
      reverse: null,
      destroys: [`table ${toName(table)}`],
    }),
  ]
}

/** Prints the renaming of a table. Code that uses the old name fails from then on. */
export function printRenameTable(table: CatalogTable, to: string): DraftStatement[] {
  const after = toQualified({ schema: table.schema, name: to })
  return [
    draft(`ALTER TABLE ${toQualified(table)} RENAME TO ${toIdentifier(to)};`, 'ACCESS EXCLUSIVE', {
      reverse: [`ALTER TABLE ${after} RENAME TO ${toIdentifier(table.name)};`],
      note: renameNote,
    }),
  ]
}

/** The note of a statement that renames something which running code uses. */
export const renameNote =
  'Running code that uses the old name fails: deploy code that knows both names first'
