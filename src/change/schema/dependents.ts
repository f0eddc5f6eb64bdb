import { toName } from '../../health/kit/identifiers.ts'
import type { Catalog, CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import { isSame } from './edit-catalog.ts'

/** Returns true when an SQL text has the name as a word of its own, quoted or not. In doubt it does. */
function hasWord(text: string | null | undefined, name: string): boolean {
  if (!text) return false
  for (let at = text.indexOf(name); at >= 0; at = text.indexOf(name, at + 1)) {
    const [before = '', after = ''] = [text[at - 1], text[at + name.length]]
    if (!/[\w$]/.test(before) && !/[\w$]/.test(after)) return true
  }
  return false
}

/** Returns what has an SQL text that may name a column of a table, in words. Foreign keys and plain indexes are not among it. */
export function textsWithColumn(catalog: Catalog, table: CatalogTable, name: string): string[] {
  const isNamed = (text: string | null | undefined) =>
    hasWord(text, name) || Boolean(text?.includes('.*'))
  const own = [
    ...table.checks.filter((one) => isNamed(one.definition)).map((one) => `check ${one.name}`),
    ...table.indexes.filter((one) => isNamed(one.definition)).map((one) => `index ${one.name}`),
    ...table.columns
      .filter((one) => isNamed(one.generated?.expression))
      .map((one) => `generated column ${one.name}`),
    ...table.keys.filter((one) => isNamed(one.definition)).map((one) => `constraint ${one.name}`),
    ...(table.rules.length > 0 ? [`rewrite rule ${table.rules[0]}`] : []),
  ]
  return [...own, ...attachedTexts(catalog, isNamed)]
}

/** Triggers and policies of every table, because those of other tables may read this one. */
function attachedTexts(
  catalog: Catalog,
  isNamed: (text: string | null | undefined) => boolean,
): string[] {
  return [...catalog.tables].flatMap((owner) => [
    ...owner.triggers
      .filter((one) => isNamed(one.definition))
      .map((one) => `trigger ${one.name} of ${toName(owner)}`),
    ...owner.policies
      .filter((one) => isNamed(one.using) || isNamed(one.withCheck))
      .map((one) => `policy ${one.name} of ${toName(owner)}`),
  ])
}

/** Returns the views that read a table, and the functions of which PostgreSQL has resolved the body, in words. */
export function readersOf(catalog: Catalog, table: CatalogTable): string[] {
  return [
    ...catalog.views
      .filter(({ reads }) => reads.some((one) => isSame(one, table)))
      .map((view) => `view ${toName(view)}`),
    ...catalog.functions
      .filter(({ hasBoundBody, extension }) => hasBoundBody && extension === null)
      .map((one) => `function ${toName(one)}, whose body is bound`),
  ]
}

/** Returns the columns, attributes and functions with the row type of a table, in words. */
export function rowTypeUsers(catalog: Catalog, table: CatalogTable): string[] {
  const isRow = (one: CatalogColumn) => one.baseType === table.name
  return [
    ...[...catalog.tables, ...catalog.views].flatMap((owner) =>
      owner.columns.filter(isRow).map((one) => `column ${toName(owner)}.${one.name}`),
    ),
    ...catalog.composites
      .filter(({ attributes }) => attributes.some(({ type }) => hasWord(type, table.name)))
      .map((one) => `type ${toName(one)}`),
    ...catalog.domains
      .filter(({ type }) => hasWord(type, table.name))
      .map((one) => `domain ${toName(one)}`),
    ...catalog.functions
      .filter((one) => hasWord(`${one.arguments} ${one.returns}`, table.name))
      .map((one) => `function ${toName(one)}`),
  ]
}

/** Returns what has an SQL text that may name a table, in words. */
export function textsWithTable(catalog: Catalog, table: CatalogTable): string[] {
  const isNamed = (text: string | null | undefined) => hasWord(text, table.name)
  const owned = [
    ...table.checks.filter((one) => isNamed(one.definition)).map((one) => `check ${one.name}`),
    ...table.indexes.filter((one) => one.definition !== null).map((one) => `index ${one.name}`),
    ...table.columns
      .filter((one) => isNamed(one.generated?.expression))
      .map((one) => `generated column ${one.name}`),
    ...table.keys.filter((one) => isNamed(one.definition)).map((one) => `constraint ${one.name}`),
    ...(table.rules.length > 0 ? [`rewrite rule ${table.rules[0]}`] : []),
  ]
  const defaults = catalog.tables.flatMap((owner) =>
    owner.columns
      .filter((one) => isNamed(one.default))
      .map((one) => `default of ${toName(owner)}.${one.name}`),
  )
  return [...owned, ...defaults, ...attachedTexts(catalog, isNamed)]
}

/** Returns the foreign keys of other tables that reference a table, in words. */
export function referencesTo(catalog: Catalog, table: CatalogTable): string[] {
  return catalog.tables
    .filter((owner) => !isSame(owner, table))
    .flatMap((owner) =>
      owner.foreignKeys
        .filter(({ target }) => isSame(target, table))
        .map((one) => `foreign key ${one.name} of ${toName(owner)}`),
    )
}

/** Returns the keys, indexes and foreign keys that a column is a part of, in words. */
export function linksOf(catalog: Catalog, table: CatalogTable, name: string): string[] {
  const { primaryKey, indexes, foreignKeys } = table
  return [
    ...(primaryKey?.columns.includes(name) ? ['primary key'] : []),
    ...indexes
      .filter(
        ({ keys, include }) => keys.some((one) => one.column === name) || include.includes(name),
      )
      .map((one) => `index ${one.name}`),
    ...foreignKeys
      .filter((one) => one.columns.includes(name))
      .map((one) => `foreign key ${one.name}`),
    ...catalog.tables.flatMap((owner) =>
      owner.foreignKeys
        .filter((one) => isSame(one.target, table) && one.targetColumns.includes(name))
        .map((one) => `foreign key ${one.name} of ${toName(owner)}`),
    ),
  ]
}

/** Completes "because … depend on it" with at most three of a list. */
export function listDependents(found: readonly string[]): string {
  const rest = found.length > 3 ? ` and ${found.length - 3} more` : ''
  return `${found.slice(0, 3).join(', ')}${rest}`
}
