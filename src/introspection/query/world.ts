import { badRequest } from '../../errors.ts'
import type {
  Catalog,
  CatalogColumn,
  CatalogTable,
  CatalogView,
} from '../../project/catalog/catalog.ts'
import type { CatalogForeignKey } from '../../project/catalog/constraints.ts'
import type { Field, Relation } from '../../project/model.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'

/** What plans can name: the visible models and views, with the foreign keys that only the database knows. */
export interface QueryWorld {
  readonly models: readonly AppModel[]
  /** Finds the table or view of a model; undefined if the catalog lacks it. */
  readonly relationOf: (model: AppModel) => CatalogTable | CatalogView | undefined
  /** Finds the column of a field; undefined if the catalog lacks it. */
  readonly columnOf: (model: AppModel, field: Field) => CatalogColumn | undefined
  /** True for a table that others inherit from: its keys do not cover their rows. */
  readonly isInherited: (table: CatalogTable | CatalogView) => boolean
}

/** A model without its sensitive fields. */
export interface PlannedModel extends AppModel {
  /** True when a field of the primary key is sensitive, so that the visible ones identify no row. */
  readonly hiddenKeys: boolean
}

const worlds = new WeakMap<Snapshot, QueryWorld>()

/** Returns what plans can name. Computed once for each snapshot. */
export function toQueryWorld(snapshot: Snapshot): QueryWorld {
  const known = worlds.get(snapshot)
  if (known) return known
  const { catalog, models, views } = snapshot
  const lookup = lookUp(catalog)
  const world = { ...lookup, models: [...withDiscovered(models, lookup.relationOf), ...views] }
  worlds.set(snapshot, world)
  return world
}

const toKey = (schema: string | null, name: string) => `${schema ?? 'public'}\0${name}`

function lookUp(catalog: Catalog | null): Omit<QueryWorld, 'models'> {
  const relations = [...(catalog?.tables ?? []), ...(catalog?.views ?? [])]
  const byName = new Map(relations.map((one) => [toKey(one.schema, one.name), one]))
  const parents = (catalog?.tables ?? []).flatMap(({ inherits }) =>
    inherits.map(({ schema, name }) => toKey(schema, name)),
  )
  const inherited = new Set(parents)
  const relationOf: QueryWorld['relationOf'] = ({ schema, table }) =>
    byName.get(toKey(schema, table))
  return {
    relationOf,
    columnOf: (model, { column }) => relationOf(model)?.columns.find(({ name }) => name === column),
    isInherited: ({ schema, name }) => inherited.has(toKey(schema, name)),
  }
}

/** Adds the foreign keys of the database that a model does not declare, such as one of zod. */
function withDiscovered(
  models: readonly AppModel[],
  relationOf: QueryWorld['relationOf'],
): AppModel[] {
  const byTable = new Map(models.map((model) => [toKey(model.schema, model.table), model]))
  return models.map((model) => {
    const table = relationOf(model)
    if (!table || !('foreignKeys' in table)) return model
    const isDeclared = ({ columns }: CatalogForeignKey) =>
      model.relations.some(({ fields }) => {
        const own = fields.map((name) => findField(model, name)?.column)
        return own.length === columns.length && columns.every((column) => own.includes(column))
      })
    const missing = table.foreignKeys.flatMap((key): Relation[] => {
      const target = byTable.get(toKey(key.target.schema, key.target.name))
      const fields = key.columns.map((column) => findField(model, column))
      if (!target || isDeclared(key) || fields.some((field) => !field || field.sensitive)) return []
      return [toDiscovered(key, target, fields as Field[])]
    })
    return missing.length > 0 ? { ...model, relations: [...model.relations, ...missing] } : model
  })
}

function toDiscovered(
  key: CatalogForeignKey,
  target: AppModel,
  fields: readonly Field[],
): Relation {
  const [only] = fields
  return {
    name: only && fields.length === 1 ? only.name.replace(/(_id|Id)$/, '') : key.name,
    type: 'foreign_key',
    to: target.name,
    through: null,
    fields: fields.map(({ name }) => name),
    onDelete: key.onDelete,
    nullable: fields.some(({ nullable }) => nullable),
    unique: fields.length === 1 && only?.unique === true,
  }
}

/** Finds a field by its name, or by that of its column. */
export function findField({ fields }: AppModel, asked: string): Field | undefined {
  return fields.find(({ name }) => name === asked) ?? fields.find(({ column }) => column === asked)
}

const planned = new WeakMap<AppModel, PlannedModel>()

/** Leaves out the sensitive fields of a model, so that nothing in a plan can name them. */
export function toPlanned(model: AppModel): PlannedModel {
  const known = planned.get(model)
  if (known) return known
  const fields = model.fields.filter(({ sensitive }) => !sensitive)
  const hiddenKeys = model.fields.some(({ primaryKey, sensitive }) => primaryKey && sensitive)
  const made = { ...model, fields, hiddenKeys }
  planned.set(model, made)
  return made
}

/**
 * Finds the model of a plan, without its sensitive fields, by `Name` or `app.Name`. The app only decides between models of the
 * same name.
 *
 * @throws StudioError `bad_request` that lists the models.
 */
export function findModel({ models }: QueryWorld, asked: string): PlannedModel {
  const dot = asked.lastIndexOf('.')
  const named = models.filter(({ name }) => name === asked.slice(dot + 1))
  const model = named.find(({ app }) => app === asked.slice(0, Math.max(0, dot))) ?? named[0]
  if (model) return toPlanned(model)
  const names = models.map(({ name }) => name).join(', ')
  const message = `Model "${asked}" not found. Models: ${names || 'none'}`
  throw badRequest(message, [{ path: 'model', message }])
}
