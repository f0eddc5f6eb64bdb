import { groupBy } from '../../lib/groups.ts'
import type { Catalog, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import { createFinder } from '../../health/drift/compare-models.ts'
import { driftKinds } from '../../health/kit/issue.ts'
import { isSecretName } from '../../project/models/names.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { SchemaIssue } from './wire.ts'

/** One table as its model and as the database have it; null where there is none. */
export interface TableDiff {
  readonly schema: string
  readonly model: {
    readonly name: string
    readonly app_label: string
    readonly columns: Readonly<Record<string, object>>
  } | null
  readonly database: { readonly columns: Readonly<Record<string, object>> } | null
  readonly drift: readonly SchemaIssue[]
}

/** Every table, by name; where two schemas have one of a name, by `schema.name`. */
export interface SchemaDiff {
  readonly tables: Readonly<Record<string, TableDiff>>
  readonly model_only: readonly string[]
  readonly db_only: readonly string[]
}

/** Puts models beside tables (contract introspection.md 4.9). Partitions, and what is not exposed or sensitive, are left out. */
export function toDiff(
  models: readonly AppModel[],
  catalog: Catalog,
  issues: readonly SchemaIssue[],
): SchemaDiff {
  const find = createFinder(catalog)
  const pairs = new Map<
    string,
    {
      schema: string
      table: string
      model: AppModel | null
      found: CatalogTable | CatalogView | null
    }
  >()
  const key = (schema: string, table: string) => JSON.stringify([schema, table])
  for (const table of catalog.tables) {
    if (table.partitionOf || table.extension !== null) continue
    pairs.set(key(table.schema, table.name), {
      schema: table.schema,
      table: table.name,
      model: null,
      found: table,
    })
  }
  for (const model of models) {
    const found = find(model) ?? null
    const schema = found?.schema ?? model.schema ?? 'public'
    if (model.exposed === false) pairs.delete(key(schema, model.table))
    else pairs.set(key(schema, model.table), { schema, table: model.table, model, found })
  }
  const drift = groupDrift(issues)
  const list = [...pairs.values()].sort((a, b) =>
    a.table < b.table ? -1 : a.table > b.table ? 1 : a.schema < b.schema ? -1 : 1,
  )
  const counts = new Map<string, number>()
  for (const { table } of list) counts.set(table, (counts.get(table) ?? 0) + 1)
  const named = list.map((pair) => ({
    ...pair,
    name: (counts.get(pair.table) ?? 0) > 1 ? `${pair.schema}.${pair.table}` : pair.table,
  }))
  return {
    tables: Object.fromEntries(
      named.map(({ name, schema, table, model, found }) => [
        name,
        {
          schema,
          model: model && {
            name: model.name,
            app_label: model.app,
            columns: toModelColumns(model),
          },
          database: found && { columns: toColumns(found, model) },
          drift: drift.get(key(schema, table)) ?? [],
        },
      ]),
    ),
    model_only: named.filter(({ found }) => !found).map(({ name }) => name),
    db_only: named.filter(({ model }) => !model).map(({ name }) => name),
  }
}

function groupDrift(issues: readonly SchemaIssue[]): ReadonlyMap<string, SchemaIssue[]> {
  const drift = issues.filter(
    ({ kind, table }) => (driftKinds as readonly string[]).includes(kind) && table !== null,
  )
  return groupBy(drift, ({ schema, table }) => JSON.stringify([schema, table]))
}

function toModelColumns({ fields }: AppModel): Record<string, object> {
  const open = fields.filter(({ sensitive }) => !sensitive)
  return Object.fromEntries(
    open.map(({ column, type, nullable, primaryKey, default: fallback }) => [
      column,
      { type, nullable, primary_key: primaryKey, default: fallback },
    ]),
  )
}

function toColumns(
  table: CatalogTable | CatalogView,
  model: AppModel | null,
): Record<string, object> {
  const keyColumns = 'primaryKey' in table ? (table.primaryKey?.columns ?? []) : []
  const secret = (name: string) =>
    model?.fields.find(({ column }) => column === name)?.sensitive ?? isSecretName(name)
  return Object.fromEntries(
    table.columns
      .filter(({ name }) => !secret(name))
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
