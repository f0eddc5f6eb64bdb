import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import { toIdentifier, toName, toQualified } from '../../kit/identifiers.ts'
import { keyColumns } from '../../kit/indexes.ts'
import { manual, type Rule } from '../../kit/rule.ts'
import { tableSubject } from '../../kit/subjects.ts'

/** Finds tables without a primary key. Partitions are left out, because their parent decides. */
export const noPrimaryKey: Rule = {
  id: 'no-primary-key',
  severity: 'warning',
  title: 'A table has no primary key',
  why: 'Rows cannot be distinguished: duplicates go unnoticed, updating a single row is unsafe, and logical replication cannot replicate updates and deletes.',
  link: `${manual}ddl-constraints.html#DDL-CONSTRAINTS-PRIMARY-KEYS`,
  isDefault: true,
  *find({ roots, heirsOf }) {
    for (const table of roots) {
      if (table.kind === 'foreign' || table.primaryKey) continue
      yield {
        objects: [tableSubject(table)],
        message: `${toName(table)} has no primary key`,
        // tables that inherit would get the column too, without the key
        fix: heirsOf(table).length > 0 ? null : toFix(table),
      }
    }
  },
}

// Promotes a unique index on NOT NULL columns if there is one; otherwise adds a column.
function toFix(table: CatalogTable): string | null {
  const requiredColumns = new Set(
    table.columns.filter(({ notNull }) => notNull).map(({ name }) => name),
  )
  const candidates = table.indexes.filter((index) => {
    const columns = keyColumns(index)
    if (!index.isUnique || !index.isValid || index.predicate !== null || !columns) return false
    return columns.every((column) => requiredColumns.has(column))
  })
  // PostgreSQL takes an index over for a key only if it is no constraint and sorts as usual.
  const candidate = candidates.find(
    ({ constraint, keys }) =>
      constraint === null &&
      keys.every(({ isDescending, nullsFirst }) => !isDescending && !nullsFirst),
  )
  const alter = `ALTER TABLE ${toQualified(table)} ADD`
  if (candidate && table.kind === 'table') {
    return `${alter} PRIMARY KEY USING INDEX ${toIdentifier(candidate.name)};`
  }
  if (candidates.length > 0) return null // one of them should become the key
  const isFree = table.kind === 'table' && table.columns.every(({ name }) => name !== 'id')
  return isFree ? `${alter} COLUMN id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY;` : null
}
