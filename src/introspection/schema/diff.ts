import { compareText } from '../../lib/text.ts'
import { groupBy } from '../../lib/groups.ts'
import type { Catalog, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import { createFinder } from '../../health/drift/compare-models.ts'
import { driftKinds } from '../../health/kit/issue.ts'
import { isSecretName } from '../../lib/secret-names.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { SchemaDiff, SchemaIssue } from './schema-answers.ts'

type TableDiff = SchemaDiff['tables'][string]

type Columns = NonNullable<TableDiff['database']>['columns']

/** A model and the table it describes; one of them is missing where the two sides differ. */
interface Pair {
  readonly schema: string
  readonly table: string
  readonly model: AppModel | null
  readonly found: CatalogTable | CatalogView | null
}

/**
 * Puts models beside tables (docs/contracts/introspection.md, 4.9). Leaves out partitions, tables of extensions, models that
 * are not exposed, and sensitive columns.
 */
export function toDiff(
  models: readonly AppModel[],
  catalog: Catalog,
  issues: readonly SchemaIssue[],
): Omit<SchemaDiff, 'inspected_at'> {
  const drift = groupDrift(issues)
  const pairs = nameUniquely(pairTables(models, catalog))
  return {
    tables: Object.fromEntries(
      pairs.map(({ name, schema, table, model, found }) => [
        name,
        {
          schema,
          model: model && {
            name: model.name,
            app_label: model.app,
            columns: toModelColumns(model),
          },
          database: found && { columns: toTableColumns(found, model) },
          drift: drift.get(toTableKey(schema, table)) ?? [],
        },
      ]),
    ),
    model_only: pairs.filter(({ found }) => !found).map(({ name }) => name),
    db_only: pairs.filter(({ model }) => !model).map(({ name }) => name),
  }
}

/** Pairs every visible model with its table, and lists the tables without a model. Sorted by table, then schema. */
function pairTables(models: readonly AppModel[], catalog: Catalog): Pair[] {
  const find = createFinder(catalog)
  const pairs = new Map<string, Pair>()
  for (const found of catalog.tables) {
    const { schema, name: table } = found
    if (found.partitionOf || found.extension !== null) continue
    pairs.set(toTableKey(schema, table), { schema, table, model: null, found })
  }
  for (const model of models) {
    const { table } = model
    const found = find(model) ?? null
    const schema = found?.schema ?? model.schema ?? 'public'
    if (model.exposed === false) pairs.delete(toTableKey(schema, table))
    else pairs.set(toTableKey(schema, table), { schema, table, model, found })
  }
  return [...pairs.values()].sort(
    (a, b) => compareText(a.table, b.table) || compareText(a.schema, b.schema),
  )
}

/** Names each table by itself, or by `schema.name` if two schemas have a table of that name. */
function nameUniquely(pairs: readonly Pair[]): (Pair & { readonly name: string })[] {
  const counts = new Map<string, number>()
  for (const { table } of pairs) counts.set(table, (counts.get(table) ?? 0) + 1)
  return pairs.map((pair) => {
    const { schema, table } = pair
    return { ...pair, name: (counts.get(table) ?? 0) > 1 ? `${schema}.${table}` : table }
  })
}

function groupDrift(issues: readonly SchemaIssue[]): ReadonlyMap<string, SchemaIssue[]> {
  const drift = issues.filter(
    ({ kind, table }) => (driftKinds as readonly string[]).includes(kind) && table !== null,
  )
  return groupBy(drift, ({ schema, table }) => toTableKey(schema, table))
}

function toTableKey(schema: string | null, table: string | null): string {
  return JSON.stringify([schema, table])
}

function toModelColumns({ fields }: AppModel): Columns {
  const visible = fields.filter(({ sensitive }) => !sensitive)
  return Object.fromEntries(
    visible.map(({ column, type, nullable, primaryKey, default: fallback }) => [
      column,
      { type, nullable, primary_key: primaryKey, default: fallback },
    ]),
  )
}

function toTableColumns(table: CatalogTable | CatalogView, model: AppModel | null): Columns {
  const keyColumns = 'primaryKey' in table ? (table.primaryKey?.columns ?? []) : []
  const isSensitive = ({ name, baseType: type }: CatalogTable['columns'][number]) =>
    model?.fields.find(({ column }) => column === name)?.sensitive ??
    isSecretName(name, { table: table.name, type })
  return Object.fromEntries(
    table.columns
      .filter((column) => !isSensitive(column))
      .map(({ name, type, notNull, default: fallback }) => [
        name,
        {
          type,
          nullable: !notNull,
          primary_key: keyColumns.includes(name),
          default: fallback,
        },
      ]),
  )
}
