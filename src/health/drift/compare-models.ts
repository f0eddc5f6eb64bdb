import { groupBy } from '../../lib/groups.ts'
import { atOnce, type Steps } from '../../lib/steps/turns.ts'
import type { Catalog, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { Issue } from '../kit/issue.ts'
import { compareColumns } from './compare-columns.ts'
import type { Pair } from './pair.ts'
import { compareConstraints } from './compare-constraints.ts'
import { type DeclaredModel, type Difference, toDriftIssue } from './difference.ts'

/** What `compareModels` needs to know besides models and catalog. */
export interface CompareOptions {
  /** Tables that another source has as models, as `schema.table`. They are not reported as undeclared. @default none */
  readonly known?: ReadonlySet<string>
}

// Tables of migration tools and extensions. Applications do not declare them as models.
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
 * Compares declared models with the database. What a source cannot declare is not compared: a zod object, for example, has no
 * indexes beyond those of its fields. Issues follow the order of the models; tables without a model come last.
 * (docs/decisions/061-drift-of-what-is-declared.md)
 */
export function compareModels(
  models: readonly DeclaredModel[],
  catalog: Catalog,
  options: CompareOptions = {},
): Issue[] {
  return atOnce(compareSteps(models, catalog, options))
}

/** Does the work of `compareModels` in steps, one for each model. */
export function* compareSteps(
  models: readonly DeclaredModel[],
  catalog: Catalog,
  { known = new Set() }: CompareOptions,
): Steps<Issue[]> {
  if (models.length === 0) return []
  const find = createFinder(catalog)
  const byName = new Map(models.map((model) => [model.name, model]))
  const modelOf = (name: string) => byName.get(name)
  const differences: Difference[] = []
  const declared = new Set<string>(known)
  const schemas = new Set<string>()
  for (const model of models) {
    yield
    const found = find(model)
    schemas.add(found?.schema ?? model.schema ?? 'public')
    if (!found) {
      differences.push(toMissingTable(model))
      continue
    }
    declared.add(`${found.schema}.${found.name}`)
    const pair: Pair = { model, modelOf, relation: found, catalog }
    differences.push(...compareColumns(pair), ...compareConstraints(pair))
  }
  const isJunction = junctionTest(models)
  for (const table of catalog.tables) {
    if (!schemas.has(table.schema) || declared.has(`${table.schema}.${table.name}`)) continue
    if (isApplicationTable(table) && !isJunction(table)) differences.push(toExtraTable(table))
    yield
  }
  return withUniqueIds(differences.map(toDriftIssue))
}

// Two indexes over expressions, for example, differ in nothing that an id states.
function withUniqueIds(issues: readonly Issue[]): Issue[] {
  const seen = new Map<string, number>()
  return issues.map((issue) => {
    const count = (seen.get(issue.id) ?? 0) + 1
    seen.set(issue.id, count)
    return count === 1 ? issue : { ...issue, id: `${issue.id}.${count}` }
  })
}

/**
 * Returns a function that finds the table or view of a model. A model without a schema is looked up in `public` first, and
 * elsewhere only if a single schema has that name.
 */
export function createFinder(catalog: Catalog) {
  const relations = groupBy<string, CatalogTable | CatalogView>(
    [...catalog.tables, ...catalog.views],
    ({ name }) => name,
  )
  return ({ table, schema }: { readonly table: string; readonly schema: string | null }) => {
    const candidates = relations.get(table) ?? []
    if (schema !== null) return candidates.find((relation) => relation.schema === schema)
    const [only, ...more] = candidates
    return (
      candidates.find((relation) => relation.schema === 'public') ??
      (more.length > 0 ? undefined : only)
    )
  }
}

function isApplicationTable({ name, extension, partitionOf }: CatalogTable): boolean {
  return extension === null && partitionOf === null && !bookkeeping.has(name)
}

// A junction stores a many-to-many relation: two to four columns, of which at least two lead to declared models, by a foreign
// key or by a name such as `book_id`. The ending `_id` alone is not enough, because it would hide undeclared tables.
function junctionTest(models: readonly DeclaredModel[]): (table: CatalogTable) => boolean {
  const tables = new Set(models.map(({ table }) => table))
  const names = new Set(models.map(({ name }) => name.toLowerCase()))
  return ({ columns, foreignKeys }) => {
    if (columns.length < 2 || columns.length > 4) return false
    const linked = columns.filter(({ name }) => {
      const key = foreignKeys.find(({ columns: from }) => from.includes(name))
      if (key) return tables.has(key.target.name)
      return name.endsWith('_id') && names.has(name.slice(0, -3).replaceAll('_', ''))
    })
    return linked.length >= 2
  }
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
    message: `No model declares the table ${name}`,
    hint: 'Declare a model, or drop the table',
  }
}
