import type { Relation } from '../project.ts'
import type { CatalogTable } from './models.ts'

type Reference = CatalogTable['references'][number]

/** What `ON DELETE` says, by `pg_constraint.confdeltype`. */
const onDelete: Readonly<Record<string, string>> = {
  a: 'NO ACTION',
  r: 'RESTRICT',
  c: 'CASCADE',
  n: 'SET NULL',
  d: 'SET DEFAULT',
}

/**
 * Finds the relations of each table, by its oid: a foreign key belongs to the table that holds it, and a table whose
 * every column is part of its primary key and of exactly two foreign keys links both its targets many-to-many.
 */
export function toRelations(
  tables: readonly CatalogTable[],
  nameOf: (table: string) => string,
): ReadonlyMap<string, readonly Relation[]> {
  const relations = new Map<string, Relation[]>(
    tables.map((table) => [
      table.oid,
      table.references.map((reference) => toForeignKey(table, reference, nameOf)),
    ]),
  )
  for (const table of tables.filter(isJunction)) {
    const [left, right] = table.references
    if (!left || !right) continue
    relations.get(left[3])?.push(toManyToMany(table.model, right, nameOf))
    if (left[3] !== right[3]) relations.get(right[3])?.push(toManyToMany(table.model, left, nameOf))
  }
  for (const list of relations.values()) list.sort((a, b) => (a.name < b.name ? -1 : 1))
  return relations
}

function toForeignKey(
  { columns, indexes }: CatalogTable,
  [, constraint, key, , target, action]: Reference,
  nameOf: (table: string) => string,
): Relation {
  const positions = key.split(' ')
  const held = positions.flatMap((at) => columns.filter(([, position]) => String(position) === at))
  const fields = held.map(([, , name]) => name)
  const [only] = fields
  return {
    name: only && fields.length === 1 ? only.replace(/_id$/, '') : constraint,
    type: 'foreign_key',
    to: nameOf(target),
    through: null,
    fields,
    onDelete: onDelete[action] ?? null,
    nullable: held.some(([, , , , , notNull]) => !notNull),
    unique: indexes.some(
      ([, keys, count, isUnique]) => isUnique && isSame(keys.split(' ').slice(0, count), positions),
    ),
  }
}

function toManyToMany(
  through: string,
  [, , , , target]: Reference,
  nameOf: (table: string) => string,
): Relation {
  const to = nameOf(target)
  const link = { name: target, type: 'many_to_many', to, through } as const
  return { ...link, fields: [], onDelete: null, nullable: false, unique: false }
}

function isJunction({ columns, indexes, references }: CatalogTable): boolean {
  if (references.length !== 2) return false
  const held = references.flatMap(([, , key]) => key.split(' '))
  const primary = indexes.find(([, , , , isPrimary]) => isPrimary)?.[1].split(' ') ?? []
  const all = columns.map(([, position]) => String(position))
  return isSame(held, all) && isSame(primary, all)
}

function isSame(left: readonly string[], right: readonly string[]): boolean {
  return left.length === right.length && left.every((item) => right.includes(item))
}
