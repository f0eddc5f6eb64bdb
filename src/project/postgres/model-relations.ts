import type { Steps } from '../../lib/steps/turns.ts'
import { compareText } from '../../lib/text.ts'
import type { CatalogTable } from '../catalog/catalog.ts'
import type { ObjectName } from '../catalog/object-name.ts'
import type { CatalogForeignKey, CatalogIndex } from '../catalog/constraints.ts'
import type { Relation } from '../model.ts'

/**
 * Finds the relations of each table, sorted by name. A foreign key is a relation of the table that has it. A junction table,
 * whose columns all belong to its primary key and to exactly two foreign keys, is a many-to-many relation of its targets.
 */
export function* toModelRelations(
  tables: readonly CatalogTable[],
  nameOf: (table: ObjectName) => string,
): Steps<(table: ObjectName) => readonly Relation[]> {
  const toKey = ({ schema, name }: ObjectName) => `${schema}\0${name}`
  const relations = new Map<string, Relation[]>()
  for (const table of tables) {
    const own = table.foreignKeys.map((key) => toForeignKey(table, key, nameOf))
    relations.set(toKey(table), own)
    yield
  }
  for (const table of tables.filter(isJunction)) {
    const [left, right] = table.foreignKeys
    if (!left || !right) continue
    const [from, to] = [toKey(left.target), toKey(right.target)]
    relations.get(from)?.push(toManyToMany(nameOf(table), right, nameOf))
    if (from !== to) relations.get(to)?.push(toManyToMany(nameOf(table), left, nameOf))
  }
  for (const list of relations.values()) list.sort((a, b) => compareText(a.name, b.name))
  return (table) => relations.get(toKey(table)) ?? []
}

/** Returns the columns of a valid index without expressions and predicate; null for any other index. */
export function plainKey({ keys, isValid, predicate }: CatalogIndex): readonly string[] | null {
  const columns = keys.flatMap(({ column }) => column ?? [])
  return isValid && predicate === null && columns.length === keys.length ? columns : null
}

function toForeignKey(
  { columns, indexes }: CatalogTable,
  key: CatalogForeignKey,
  nameOf: (table: ObjectName) => string,
): Relation {
  const [only] = key.columns
  return {
    name: only && key.columns.length === 1 ? only.replace(/_id$/, '') : key.name,
    type: 'foreign_key',
    to: nameOf(key.target),
    through: null,
    fields: key.columns,
    onDelete: key.onDelete,
    nullable: columns.some(({ name, notNull }) => !notNull && key.columns.includes(name)),
    unique: indexes.some((index) => index.isUnique && isSame(plainKey(index) ?? [], key.columns)),
  }
}

function toManyToMany(
  through: string,
  { target }: CatalogForeignKey,
  nameOf: (table: ObjectName) => string,
): Relation {
  const link = { name: target.name, type: 'many_to_many', to: nameOf(target), through } as const
  return { ...link, fields: [], onDelete: null, nullable: false, unique: false }
}

function isJunction({ columns, foreignKeys, primaryKey }: CatalogTable): boolean {
  if (foreignKeys.length !== 2) return false
  const keyColumns = foreignKeys.flatMap((key) => key.columns)
  const all = columns.map(({ name }) => name)
  return isSame(keyColumns, all) && isSame(primaryKey?.columns ?? [], all)
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item))
}
