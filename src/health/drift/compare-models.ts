import { append } from '../../lib/groups.ts'
import type { Catalog, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { Issue } from '../kit/issue.ts'
import { compareColumns, type Pair } from './compare-columns.ts'
import { compareConstraints } from './compare-constraints.ts'
import { type DeclaredModel, type Difference, toDriftIssue } from './difference.ts'

/** What belongs to others, so that nobody has to declare it. */
export interface CompareOptions {
  /** Tables that are models of another source, as `schema.table`. */
  readonly known?: ReadonlySet<string>
}

/** Bookkeeping tables of migration tools and extensions, which nobody declares. */
const bookkeeping: ReadonlySet<string> = new Set([
  'SequelizeMeta',
  '_prisma_migrations',
  '__drizzle_migrations',
  'aksara_migrations',
  'alembic_version',
  'ar_internal_metadata',
  'atlas_schema_revisions',
  'django_migrations',
  'flyway_schema_history',
  'goose_db_version',
  'knex_migrations',
  'knex_migrations_lock',
  'kysely_migration',
  'kysely_migration_lock',
  'mikro_orm_migrations',
  'pgmigrations',
  'schema_migrations',
  'spatial_ref_sys',
])

/**
 * Compares models somebody declared with the database (contract introspection.md 4.9). What a source cannot know is not
 * compared: zod objects know nothing of indexes nobody asked for. Issues come in the order of the models, then tables.
 */
export function compareModels(
  models: readonly DeclaredModel[],
  catalog: Catalog,
  { known = new Set() }: CompareOptions = {},
): Issue[] {
  if (models.length === 0) return []
  const find = createFinder(catalog)
  const byName = new Map(models.map((model) => [model.name, model]))
  const modelOf = (name: string) => byName.get(name)
  const differences: Difference[] = []
  const declared = new Set<string>(known)
  const schemas = new Set<string>()
  for (const model of models) {
    const found = find(model)
    schemas.add(found?.table.schema ?? model.schema ?? 'public')
    if (!found) {
      differences.push(toMissingTable(model))
      continue
    }
    declared.add(`${found.table.schema}.${found.table.name}`)
    const pair: Pair = { model, modelOf, ...found }
    differences.push(...compareColumns(pair), ...compareConstraints(pair))
  }
  const isExtra = (table: CatalogTable) =>
    schemas.has(table.schema) &&
    !declared.has(`${table.schema}.${table.name}`) &&
    isSomebodys(table) &&
    !isJunction(table, models)
  differences.push(...catalog.tables.filter(isExtra).map(toExtraTable))
  return differences.map(toDriftIssue)
}

/** Finds the table or view of a model; without a schema in `public`, or else where there is only one of that name. */
export function createFinder(catalog: Catalog) {
  const relations = new Map<string, Pick<Pair, 'table' | 'isView'>[]>()
  const add = (table: CatalogTable, isView: boolean) => {
    append(relations, table.name, { table, isView })
  }
  for (const table of catalog.tables) add(table, false)
  for (const view of catalog.views) add(toTable(view), true)
  return ({ table, schema }: { readonly table: string; readonly schema: string | null }) => {
    const found = relations.get(table) ?? []
    if (schema !== null) return found.find((one) => one.table.schema === schema)
    const [only, ...more] = found
    return (
      found.find((one) => one.table.schema === 'public') ?? (more.length > 0 ? undefined : only)
    )
  }
}

function toTable(view: CatalogView): CatalogTable {
  return {
    ...view,
    kind: 'foreign',
    isUnlogged: false,
    primaryKey: null,
    keys: [],
    foreignKeys: [],
    checks: [],
    triggers: [],
    policies: [],
    rules: [],
    hasRowSecurity: false,
    forcesRowSecurity: false,
    partitionKey: null,
    partitionOf: null,
    inherits: [],
    estimatedBytes: 0,
  }
}

function isSomebodys({ name, extension, partitionOf }: CatalogTable): boolean {
  return extension === null && partitionOf === null && !bookkeeping.has(name)
}

/**
 * Two to four columns of which two or more lead to declared models, by foreign keys or by their names (`book_id`): what
 * a many-to-many relation is kept in. Names alone would hide tables that nobody declares.
 */
function isJunction(
  { columns, foreignKeys }: CatalogTable,
  models: readonly DeclaredModel[],
): boolean {
  if (columns.length < 2 || columns.length > 4) return false
  const tables = new Set(models.map(({ table }) => table))
  const names = new Set(models.map(({ name }) => name.toLowerCase()))
  const linked = columns.filter(({ name }) => {
    const key = foreignKeys.find((one) => one.columns.includes(name))
    if (key) return tables.has(key.target.name)
    return name.endsWith('_id') && names.has(name.slice(0, -3).replaceAll('_', ''))
  })
  return linked.length >= 2
}

function toMissingTable(model: DeclaredModel): Difference {
  return {
    kind: 'missing_table',
    model,
    schema: model.schema ?? 'public',
    table: model.table,
    expected: { exists: true },
    actual: { exists: false },
    message: `${model.name} is declared, but the table ${model.table} does not exist`,
    hint: 'Write and apply a migration that creates the table',
  }
}

function toExtraTable({ schema, name, columns }: CatalogTable): Difference {
  return {
    kind: 'extra_table',
    model: null,
    schema,
    table: name,
    expected: { exists: false },
    actual: { exists: true, columns: columns.map((column) => column.name) },
    message: `The table ${name} is nobody's model`,
    hint: 'Declare a model, or drop the table',
  }
}
