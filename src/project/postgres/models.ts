import { StudioError } from '../../errors.ts'
import { inTurns, mapSteps, type Steps } from '../../lib/steps/turns.ts'
import type { Catalog, CatalogColumn, CatalogTable, CatalogView } from '../catalog/catalog.ts'
import type { ObjectName } from '../catalog/object-name.ts'
import type { DatabaseReader } from '../database.ts'
import { type ExposureOptions, resolveExposure } from '../models/visibility.ts'
import type { Field, Model } from '../model.ts'
import type { ModelSource } from '../source.ts'
import { readCatalog } from './catalog/read.ts'
import { nameTables } from './model-names.ts'
import { plainKey, toModelRelations } from './model-relations.ts'
import { toTypeScript } from './types.ts'
import { toViewModels } from './view-models.ts'

/** Options of `databaseModels`; each has a default. */
export interface DatabaseModelsOptions extends ExposureOptions {
  /** The schema to read. @default 'public' */
  schema?: string
  /** Several schemas to read; a table name that occurs in two of them gets its schema as a prefix. @default only `schema` */
  schemas?: readonly string[]
  /** Model names by table, or `schema.table`, for tables whose derived name is wrong: `{ news: 'News' }`. */
  names?: Readonly<Record<string, string>>
  /** Tables, or `schema.table`, that do not become models. @default ['aksara_migrations'] */
  exclude?: readonly string[]
}

/**
 * Creates models from the tables, columns, keys and relations of PostgreSQL schemas. All sources of a snapshot share one
 * read of the catalog, and an unchanged catalog returns the same array of models.
 *
 * A model is named after its table, in PascalCase with the last word in the singular (`users` → `User`). `names` overrides
 * this, and tables whose models would share a name keep their table names. The role needs no SELECT privilege, because every
 * role can read the catalogs.
 */
export function databaseModels(options: DatabaseModelsOptions = {}): ModelSource {
  const { schemas = [options.schema ?? 'public'] } = options
  const known = new WeakMap<Catalog, Promise<Contents>>()
  const read = async (database: DatabaseReader | null): Promise<Contents> => {
    if (!database) throw new StudioError('unavailable', 'no database is configured')
    const catalog = await (database.catalog?.() ?? readCatalog(database, { schemas }))
    const contents = known.get(catalog) ?? inTurns(toContents(catalog, schemas, options))
    known.set(catalog, contents) // a rejection stays: it says what this catalog lacks
    return contents
  }
  return {
    schemas,
    isLive: true,
    read: async (database) => (await read(database)).models,
    readViews: async (database) => (await read(database)).views,
  }
}

interface Contents {
  readonly models: readonly Model[]
  readonly views: readonly Model[]
}

function* toContents(
  catalog: Catalog,
  schemas: readonly string[],
  options: DatabaseModelsOptions,
): Steps<Contents> {
  const { names = {}, exclude = ['aksara_migrations'] } = options
  const { isExposed, isSensitive } = resolveExposure(options)
  const missing = schemas.find((schema) => !catalog.schemas.some(({ name }) => name === schema))
  if (missing !== undefined) {
    throw new StudioError('unavailable', `the schema "${missing}" does not exist`)
  }
  const isExcluded = ({ schema, name }: ObjectName) =>
    exclude.includes(name) || exclude.includes(`${schema}.${name}`)
  const isIncluded = (relation: CatalogTable | CatalogView) =>
    schemas.includes(relation.schema) && relation.extension === null && !isExcluded(relation)
  const tables = catalog.tables.filter((table) => table.partitionOf === null && isIncluded(table))
  yield
  const nameOf = nameTables(tables, names)
  yield
  const toFields = fieldReader(catalog, isSensitive)
  yield
  const relationsOf = yield* toModelRelations(tables, nameOf)
  yield
  const models = yield* mapSteps(tables, (table) => ({
    name: nameOf(table),
    table: table.name,
    schema: table.schema,
    description: table.comment,
    exposed: isExposed(table.name),
    fields: toFields(table),
    relations: relationsOf(table),
  }))
  const views = toViewModels(catalog.views.filter(isIncluded), {
    taken: new Set(models.map((model) => model.name)),
    names,
    toFields,
    isExposed: ({ schema, name }) =>
      !schemas.includes(schema) || (isExposed(name) && !isExcluded({ schema, name })),
    isListed: ({ name }) => Array.isArray(options.expose) && options.expose.includes(name),
  })
  return { models, views }
}

/** Returns a function that reads the fields of a table. It computes each TypeScript type once for equal columns. */
function fieldReader(
  { enums }: Catalog,
  sensitive: (table: string, column: string, type: string) => boolean,
): (table: CatalogTable | CatalogView) => Field[] {
  const toKey = (of: ObjectName | null) => (of ? `${of.schema}\0${of.name}` : '')
  const labels = new Map(enums.map((type) => [toKey(type), type.labels]))
  const known = new Map<string, string>()
  const typeOf = (column: CatalogTable['columns'][number]): string => {
    const { baseType, isArray, enum: type } = column
    const dimensions = isArray ? Math.max(1, column.dimensions) : 0
    const key = `${baseType} ${dimensions} ${toKey(type)}`
    const name = known.get(key) ?? toTypeScript(baseType, dimensions, labels.get(toKey(type)) ?? [])
    known.set(key, name)
    return name
  }
  return (table) => {
    const { unique, first } = toKeys(table)
    const primary = new Set('primaryKey' in table ? table.primaryKey?.columns : [])
    return table.columns.map((column) => ({
      name: column.name,
      column: column.name,
      type: column.type,
      tsType: typeOf(column),
      nullable: !column.notNull,
      primaryKey: primary.has(column.name),
      unique: unique.has(column.name),
      ...toGenerated(column),
      indexed: first.has(column.name),
      default: column.default,
      maxLength: column.maxLength,
      description: column.comment,
      sensitive: sensitive(table.name, column.name, column.baseType),
    }))
  }
}

function toGenerated({ generated, identity }: CatalogColumn): Pick<Field, 'generated'> {
  if (generated || identity === 'always') return { generated: 'always' }
  return identity ? { generated: identity } : {}
}

/** Finds the columns that are unique on their own, and those that come first in an index. */
function toKeys({ indexes }: CatalogTable | CatalogView) {
  const [unique, first] = [new Set<string>(), new Set<string>()]
  for (const index of indexes) {
    const key = plainKey(index)
    const [column] = key ?? []
    if (!key || column === undefined) continue
    first.add(column)
    if (index.isUnique && key.length === 1) unique.add(column)
  }
  return { unique, first }
}
