import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { append } from '../../lib/groups.ts'
import { toIdentifier, toName, toQualified } from './identifiers.ts'
import type { Inspected } from './inspected.ts'
import type { GeneratedColumn } from './sequences.ts'

/** Returns why the type of a column cannot be changed by one statement that breaks nothing; null if it can. */
export type TypeGuard = (table: CatalogTable, column: CatalogColumn) => string | null

/**
 * Prepares the check whether a statement may change the type of a column. PostgreSQL refuses the change while a view, a rule,
 * a trigger, a policy, a generated column or a function depends on the column; a foreign key, a check or an expression may
 * have no operator for the new type. In doubt there is a reason.
 */
export function createTypeGuard(inspected: Inspected): TypeGuard {
  let guard: TypeGuard | undefined // most rules find no column, and need none
  return (table, column) => (guard ??= prepareGuard(inspected))(table, column)
}

function prepareGuard({ tables, views, catalog, heirsOf }: Inspected): TypeGuard {
  const viewed = new Set(views.flatMap(({ reads }) => reads.map(toName)))
  const referenced = new Map<string, string[]>()
  for (const { foreignKeys } of tables) {
    for (const { target, targetColumns } of foreignKeys) {
      for (const column of targetColumns) append(referenced, toName(target), column)
    }
  }
  const bound = new Set(
    catalog.functions
      .filter(({ hasBoundBody, extension }) => hasBoundBody && extension === null)
      .map(({ schema }) => schema),
  )
  const policies = tables.flatMap((owner) =>
    owner.policies.map(({ using, withCheck }) => `${using} ${withCheck}`),
  )
  return (table, column) => {
    const { name } = column
    if (column.domain) return 'Its domain decides the type.'
    if (viewed.has(toName(table))) return dropFirst('the views over the table')
    if (heirsOf(table).some(({ partitionOf }) => partitionOf === null)) {
      return 'Tables inherit the column, and what depends on it there counts too.'
    }
    if (familyOf(table, heirsOf).some((heir) => viewed.has(toName(heir)))) {
      return dropFirst('the views over its partitions')
    }
    if (table.rules.length > 0) return dropFirst('the rewrite rules of the table')
    if (bound.has(table.schema))
      return 'A function with a body in standard SQL may depend on the column.'
    const isLinked =
      table.foreignKeys.some(({ columns }) => columns.includes(name)) ||
      referenced.get(toName(table))?.includes(name)
    if (isLinked) return 'Change the columns on both sides of its foreign keys together.'
    const isPart = table.partitionOf !== null || table.inherits.length > 0
    if (isPart || table.partitionKey?.includes(name)) {
      return 'The column is inherited or part of a partition key, so the table has to be built anew.'
    }
    // a policy of another table may read this one
    const readers = policies.filter((text) => text.includes(table.name))
    return [...dependents(table, column), ...readers].some((text) => text?.includes(name))
      ? dropFirst(
          'what depends on the column (a trigger, policy, check, index or generated column)',
        )
      : null
  }
}

/** Returns the tables below a table, at any depth. */
function familyOf(table: CatalogTable, heirsOf: Inspected['heirsOf']): readonly CatalogTable[] {
  const found = new Set(heirsOf(table))
  for (const heir of found) for (const next of heirsOf(heir)) found.add(next)
  return [...found]
}

function dropFirst(what: string): string {
  return `PostgreSQL may refuse the change: drop ${what}, change the type, and create them again.`
}

function dependents(table: CatalogTable, { name }: CatalogColumn): (string | null | undefined)[] {
  return [
    ...table.triggers.map(({ definition }) => definition),
    ...table.policies.flatMap(({ using, withCheck }) => [using, withCheck]),
    ...table.checks.map(({ definition }) => definition),
    ...table.columns.map(({ generated }) => generated?.expression),
    ...table.indexes.flatMap(({ keys, predicate }) => [
      predicate,
      // an operator class belongs to a type
      ...keys.map(({ column, expression, operatorClass }) =>
        column === name && operatorClass !== null ? column : expression,
      ),
    ]),
    ...table.columns.filter((one) => one.name === name && one.generated).map((one) => one.name),
  ]
}

/** Returns the statements that make a generated column and its sequence a bigint. */
export function widenKey({ table, column, sequence }: GeneratedColumn): string {
  return [
    `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(column.name)} TYPE bigint;`,
    `ALTER SEQUENCE ${toQualified(sequence)} AS bigint;`,
  ].join('\n')
}
