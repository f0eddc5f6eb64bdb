import type { CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { Field, Relation } from '../../project/model.ts'
import { plainKey } from '../../project/postgres/model-relations.ts'
import { type NamedRelation, nameRelations } from '../model/named-relations.ts'
import type { AppModel } from '../model/snapshot.ts'
import { findField, type PlannedModel, type QueryWorld, toPlanned } from './world.ts'

/** The columns of a join: a field of the one side, and the field of the other side that equals it. */
type JoinColumns = readonly (readonly [own: Field, other: Field])[]

/** A relation that a plan can follow. */
export interface Edge {
  readonly name: string
  /** The name that the model declares, which may also be that of a field; a path can use it nevertheless. */
  readonly declaredName: string
  readonly target: PlannedModel
  /** True if a row can have several related rows. */
  readonly isMany: boolean
  /** True if the database guarantees that no two related rows of a to-one relation exist. */
  readonly isProven: boolean
  /** From the model to the target or, with `through`, to the junction. */
  readonly columns: JoinColumns
  /** The junction of a many-to-many relation, and its join with the target. */
  readonly through: { readonly model: PlannedModel; readonly columns: JoinColumns } | null
}

const edgesOf = new WeakMap<QueryWorld, Map<string, readonly Edge[]>>()

/**
 * Lists the relations of a model that a plan can follow. A relation whose columns are unknown or sensitive, or whose models are
 * hidden, is not among them.
 */
export function listEdges(model: AppModel, world: QueryWorld): readonly Edge[] {
  const known = edgesOf.get(world) ?? new Map<string, readonly Edge[]>()
  edgesOf.set(world, known)
  const key = JSON.stringify([model.app, model.name])
  const source = world.models.find(({ app, name }) => app === model.app && name === model.name)
  if (!source) return []
  const found =
    known.get(key) ??
    nameRelations(source, world.models).flatMap((named) => toEdge(named, source, world) ?? [])
  known.set(key, found)
  return found
}

function toEdge(named: NamedRelation, model: AppModel, world: QueryWorld): Edge | null {
  const { name, type, relation, owner } = named
  if (type === 'many_to_many') return toManyToMany(named, model, world)
  const link = findLink(relation, owner, world)
  if (!link) return null
  const declaredName = type === 'foreign_key' ? relation.name : name
  if (type === 'foreign_key') {
    const isProven = isKey(
      link.target,
      link.columns.map(([, other]) => other),
      world,
    )
    const { columns, target } = link
    return {
      name,
      declaredName,
      target: toPlanned(target),
      isMany: false,
      isProven,
      columns,
      through: null,
    }
  }
  // Only the model itself is meant, not one of the same name in another app.
  if (link.target !== model) return null
  const isProven =
    relation.unique &&
    isKey(
      owner,
      link.columns.map(([own]) => own),
      world,
    )
  const columns = link.columns.map(([own, other]) => [other, own] as const)
  return {
    name,
    declaredName,
    target: toPlanned(owner),
    isMany: !relation.unique,
    isProven,
    columns,
    through: null,
  }
}

interface Link {
  readonly target: AppModel
  readonly columns: JoinColumns
}

/** Finds the columns of a foreign key: those of the database, else the declared ones, else the primary key of the target. */
function findLink(relation: Relation, owner: AppModel, world: QueryWorld): Link | null {
  const own = relation.fields.map((name) => findField(owner, name))
  if (own.length === 0) return null
  const candidates = world.models.filter(({ name }) => name === relation.to)
  const sorted = candidates.toSorted(
    (a, b) => Number(b.app === owner.app) - Number(a.app === owner.app),
  )
  for (const key of listKeys(owner, world)) {
    const isSame =
      key.columns.length === own.length &&
      own.every((field) => field && key.columns.includes(field.column))
    const target = sorted.find(
      ({ table, schema }) =>
        table === key.table && (schema ?? 'public') === (key.schema ?? 'public'),
    )
    if (isSame && target) {
      const columns = key.columns.map((column, index) => [
        own.find((field) => field?.column === column),
        target.fields.find((field) => field.column === key.targetColumns[index]),
      ])
      return toLink(target, columns)
    }
  }
  const [target] = sorted
  const primary = target?.fields.filter(({ primaryKey }) => primaryKey) ?? []
  if (!target || primary.length !== own.length || own.length !== 1) return null
  return toLink(target, [[own[0], primary[0]]])
}

/** Returns null if a column is unknown, or one that clients may not see. */
function toLink(
  target: AppModel,
  columns: readonly (readonly (Field | undefined)[])[],
): Link | null {
  const visible = columns.flatMap(([own, other]) =>
    own && other && !own.sensitive && !other.sensitive ? [[own, other] as const] : [],
  )
  return visible.length === columns.length ? { target, columns: visible } : null
}

interface KeyColumns {
  readonly columns: readonly string[]
  readonly schema: string | null
  readonly table: string
  readonly targetColumns: readonly string[]
}

function listKeys(owner: AppModel, world: QueryWorld): KeyColumns[] {
  const table = world.relationOf(owner)
  const live = table && 'foreignKeys' in table ? table.foreignKeys : []
  return [
    ...live.map(({ columns, target, targetColumns }) => {
      return { columns, schema: target.schema, table: target.name, targetColumns }
    }),
    ...(owner.declared?.foreignKeys ?? []).map(({ columns, target, targetColumns }) => {
      return { columns, ...target, targetColumns }
    }),
  ]
}

/** Leads through the two foreign keys of the junction. From a model to itself it leads from the first one to the second. */
function toManyToMany(
  { name, relation }: NamedRelation,
  model: AppModel,
  world: QueryWorld,
): Edge | null {
  const junction = world.models.find((one) => one.name === relation.through)
  if (!junction) return null
  const order = listKeys(junction, world).map(({ columns }) => columns.join())
  const links = junction.relations
    .filter(({ type }) => type === 'foreign_key')
    .flatMap((one) => findLink(one, junction, world) ?? [])
    .toSorted((a, b) => order.indexOf(toOrder(a)) - order.indexOf(toOrder(b)))
  const first = links.find(({ target }) => target === model)
  const second = links.find((link) => link !== first && link.target.name === relation.to)
  if (!first || !second) return null
  return {
    name,
    declaredName: relation.name,
    target: toPlanned(second.target),
    isMany: true,
    isProven: false,
    columns: first.columns.map(([own, other]) => [other, own] as const),
    through: { model: toPlanned(junction), columns: second.columns },
  }
}

const toOrder = ({ columns }: Link) => columns.map(([own]) => own.column).join()

/** True if the database guarantees that these fields together identify a row of the model. */
export function isKey(model: AppModel, fields: readonly Field[], world: QueryWorld): boolean {
  const relation = world.relationOf(model)
  if (!relation || world.isInherited(relation)) return false
  const columns = new Set(fields.map(({ column }) => column))
  return listUnique(relation).some((key) => key.every((column) => columns.has(column)))
}

/** Lists what identifies rows: the primary key, and unique indexes, whose columns may be null. */
function listUnique(relation: CatalogTable | CatalogView): (readonly string[])[] {
  const primary =
    'primaryKey' in relation && relation.primaryKey ? [relation.primaryKey.columns] : []
  const unique = relation.indexes
    .filter(({ isUnique }) => isUnique)
    .flatMap((index) => {
      const key = plainKey(index)
      return key && key.length > 0 ? [key] : []
    })
  return [...primary, ...unique]
}
