import { toIdentifier, toName, toQualified } from '../../health/kit/identifiers.ts'
import type { Catalog, CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { isVolatileDefault } from '../schema/default-value.ts'
import { newOid } from '../schema/edit-catalog.ts'
import { printColumn, renameNote } from './print-table.ts'
import { type DraftStatement, draft } from './statement.ts'
import { rewritesType } from '../schema/type-step.ts'

/** A table with one of its columns. */
interface Subject {
  readonly table: CatalogTable
  readonly column: CatalogColumn
}

/**
 * Prints a new column. One that is NOT NULL without a default is added as nullable, so that it can be filled before
 * NOT NULL is set.
 */
export function printAddColumn({ table, column }: Subject, catalog: Catalog): DraftStatement[] {
  const name = toQualified(table)
  const isLater =
    column.notNull && column.default === null && !column.identity && table.oid !== newOid
  const first = isLater ? { ...column, notNull: false } : column
  const rewrites = column.identity !== null || isVolatileDefault(column.default)
  const added = draft(
    `ALTER TABLE ${name} ADD COLUMN ${printColumn(first, table, catalog)};`,
    'ACCESS EXCLUSIVE',
    {
      effect: { lock: 'ACCESS EXCLUSIVE', rewrites },
      reverse: [`ALTER TABLE ${name} DROP COLUMN ${toIdentifier(column.name)};`],
    },
  )
  return isLater ? [added, ...printSetNotNull({ table, column })] : [added]
}

/**
 * Prints the four steps that set NOT NULL without reading the table under a strong lock: PostgreSQL skips its own scan when a
 * validated check proves that no row has a null.
 */
function printSetNotNull({ table, column }: Subject): DraftStatement[] {
  const alter = `ALTER TABLE ${toQualified(table)}`
  const name = toIdentifier(column.name)
  const check = toFreeCheck(table)
  const undo = [`${alter} DROP CONSTRAINT IF EXISTS ${check};`]
  const note = `Fill the rows in which ${toName(table)}.${column.name} is null first`
  return [
    draft(
      `${alter} ADD CONSTRAINT ${check} CHECK (${name} IS NOT NULL) NOT VALID;`,
      'ACCESS EXCLUSIVE',
      { reverse: undo, note: 'From here on, running code must write a value' },
    ),
    draft(`${alter} VALIDATE CONSTRAINT ${check};`, 'SHARE UPDATE EXCLUSIVE', {
      transaction: 'own',
      reverse: [],
      note,
    }),
    draft(`${alter} ALTER COLUMN ${name} SET NOT NULL;`, 'ACCESS EXCLUSIVE', {
      transaction: 'own',
      reverse: [`${alter} ALTER COLUMN ${name} DROP NOT NULL;`],
    }),
    draft(`${alter} DROP CONSTRAINT ${check};`, 'ACCESS EXCLUSIVE', { reverse: [] }),
  ]
}

function toFreeCheck({ checks, foreignKeys, keys }: CatalogTable): string {
  const taken = new Set([...checks, ...foreignKeys, ...keys].map(({ name }) => name))
  for (let number = 1; ; number++) {
    const name = `fetch_studio_filled_${number}`
    if (!taken.has(name)) return name
  }
}

/** Prints what differs between two states of a column: the type, the default, and NOT NULL. */
export function printAlterColumn(
  { table, column }: Subject,
  after: CatalogColumn,
): DraftStatement[] {
  const alter = `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(column.name)}`
  const statements: DraftStatement[] = []
  if (after.type !== column.type) {
    const effect = { lock: 'ACCESS EXCLUSIVE', rewrites: rewritesType(column, after) } as const
    statements.push(
      draft(`${alter} TYPE ${after.type};`, 'ACCESS EXCLUSIVE', {
        effect,
        reverse: null,
        note: effect.rewrites
          ? 'It rewrites the table and its indexes while nobody can read'
          : null,
      }),
    )
  }
  if (after.default !== column.default) {
    const set = (value: string | null) =>
      value === null ? `${alter} DROP DEFAULT;` : `${alter} SET DEFAULT ${value};`
    statements.push(
      draft(set(after.default), 'ACCESS EXCLUSIVE', { reverse: [set(column.default)] }),
    )
  }
  if (after.notNull && !column.notNull) statements.push(...printSetNotNull({ table, column }))
  if (!after.notNull && column.notNull) {
    statements.push(
      draft(`${alter} DROP NOT NULL;`, 'ACCESS EXCLUSIVE', {
        reverse: [`${alter} SET NOT NULL;`],
        note: 'It can be undone only until a row has a null',
      }),
    )
  }
  return statements
}

/** Prints the removal of a column, whose data is lost. */
export function printDropColumn({ table, column }: Subject): DraftStatement[] {
  return [
    draft(
      `ALTER TABLE ${toQualified(table)} DROP COLUMN ${toIdentifier(column.name)};`,
      'ACCESS EXCLUSIVE',
      { reverse: null, destroys: [`column ${toName(table)}.${column.name}`] },
    ),
  ]
}

/** Prints the renaming of a column. */
export function printRenameColumn({ table, column }: Subject, to: string): DraftStatement[] {
  const alter = `ALTER TABLE ${toQualified(table)} RENAME COLUMN`
  const [from, after] = [toIdentifier(column.name), toIdentifier(to)]
  return [
    draft(`${alter} ${from} TO ${after};`, 'ACCESS EXCLUSIVE', {
      reverse: [`${alter} ${after} TO ${from};`],
      note: renameNote,
    }),
  ]
}
