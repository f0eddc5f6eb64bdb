import { StudioError } from '../../errors.ts'
import type { Catalog, CatalogTable } from '../catalog/catalog.ts'
import type { ObjectName } from '../catalog/object-name.ts'
import { type ExposureOptions, resolveExposure } from '../models/visibility.ts'
import type { Field, Model } from '../model.ts'
import type { ModelSource } from '../source.ts'
import { readCatalog } from './catalog/read.ts'
import { nameTables } from './model-names.ts'
import { plainKey, toModelRelations } from './model-relations.ts'
import { toTypeScript } from './types.ts'

/** Options of `databaseModels`; each has a default. */
export interface DatabaseModelsOptions extends ExposureOptions {
  /** @default 'public' */
  schema?: string
  /** Several schemas; models whose tables share a name in two of them begin with the schema's. @default `schema` alone */
  schemas?: readonly string[]
  /** Model names by table, or `schema.table`, where the rule guesses wrong: `{ news: 'News' }`. */
  names?: Readonly<Record<string, string>>
  /** Tables, or `schema.table`, that are nobody's model. @default ['aksara_migrations'] */
  exclude?: readonly string[]
}

/**
 * Makes models out of PostgreSQL schemas: tables, columns, keys and relations as the catalog of the snapshot has them, so
 * that sources share one read, and an unchanged catalog answers the very same models.
 *
 * A table's model is the singular of its last word in PascalCase (`users` → `User`); `names` overrides, and tables that
 * would share a name keep their own. SELECT on nothing is needed: the catalogs are open to every role.
 */
export function databaseModels(options: DatabaseModelsOptions = {}): ModelSource {
  const { schemas = [options.schema ?? 'public'] } = options
  const known = new WeakMap<Catalog, readonly Model[]>()
  return {
    schemas,
    isLive: true,
    async read(database) {
      if (!database) throw new StudioError('unavailable', 'no database is configured')
      const catalog = await (database.catalog?.() ?? readCatalog(database, { schemas }))
      const models = known.get(catalog) ?? toModels(catalog, schemas, options)
      known.set(catalog, models)
      return models
    },
  }
}

function toModels(
  catalog: Catalog,
  schemas: readonly string[],
  options: DatabaseModelsOptions,
): Model[] {
  const { names = {}, exclude = ['aksara_migrations'] } = options
  const { isExposed, isSensitive } = resolveExposure(options)
  const missing = schemas.find((schema) => !catalog.schemas.some(({ name }) => name === schema))
  if (missing !== undefined) {
    throw new StudioError('unavailable', `the schema "${missing}" does not exist`)
  }
  const tables = catalog.tables.filter(
    ({ schema, name, partitionOf, extension }) =>
      schemas.includes(schema) &&
      partitionOf === null &&
      extension === null &&
      !exclude.includes(name) &&
      !exclude.includes(`${schema}.${name}`),
  )
  const nameOf = nameTables(tables, names)
  const toFields = fieldReader(catalog, isSensitive)
  const relationsOf = toModelRelations(tables, nameOf)
  return tables.map((table) => ({
    name: nameOf(table),
    table: table.name,
    schema: table.schema,
    description: table.comment,
    exposed: isExposed(table.name),
    fields: toFields(table),
    relations: relationsOf(table),
  }))
}

/** Reads the fields of a table; the TypeScript type of equal columns is worked out once. */
function fieldReader(
  { enums }: Catalog,
  sensitive: (table: string, column: string) => boolean,
): (table: CatalogTable) => Field[] {
  const toKey = (of: ObjectName | null) => (of ? `${of.schema}\0${of.name}` : '')
  const labels = new Map(enums.map((type) => [toKey(type), type.labels]))
  const known = new Map<string, string>()
  const typeOf = ({ baseType, isArray, enum: type }: CatalogTable['columns'][number]): string => {
    const key = `${baseType} ${isArray} ${toKey(type)}`
    const name = known.get(key) ?? toTypeScript(baseType, isArray, labels.get(toKey(type)) ?? [])
    known.set(key, name)
    return name
  }
  return (table) => {
    const { unique, first } = toKeys(table)
    const primary = new Set(table.primaryKey?.columns)
    return table.columns.map((column) => ({
      name: column.name,
      column: column.name,
      type: column.type,
      tsType: typeOf(column),
      nullable: !column.notNull,
      primaryKey: primary.has(column.name),
      unique: unique.has(column.name),
      indexed: first.has(column.name),
      default: column.default,
      maxLength: column.maxLength,
      description: column.comment,
      sensitive: sensitive(table.name, column.name),
    }))
  }
}

/** Columns that are unique by themselves, and those that are the first of an index. */
function toKeys({ indexes }: CatalogTable) {
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
