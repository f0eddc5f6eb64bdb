import { append, groupBy } from '../../lib/groups.ts'
import { isSecretName } from './names.ts'
import type { Model } from '../model.ts'

/** A table or view, as far as the making of columns goes. */
export interface LineageRelation {
  readonly oid: string
  readonly schema: string
  readonly name: string
  /** True when its name alone finds it: the schema is in the search path. */
  readonly isVisible: boolean
  readonly columns: readonly (readonly [position: number, name: string])[]
}

/** Says that one column, told by oid and position, is made of another. */
export type LineageEdge = readonly [from: string, to: string]

/** Names a column in edges. */
export function toColumnKey(oid: string, position: number): string {
  return `${oid}.${position}`
}

/**
 * Finds the columns that models, or else their names, call sensitive. A field that was declassified is not, and a column that
 * one model calls sensitive is so for all.
 */
export function findSensitive(
  relations: readonly LineageRelation[],
  models: readonly Model[],
): { readonly sensitive: ReadonlySet<string>; readonly declassified: ReadonlySet<string> } {
  const modelsOf = groupByTable(models)
  const sensitive = new Set<string>()
  const declassified = new Set<string>()
  for (const relation of relations) {
    const fields = modelsOf(relation).flatMap((model) => model.fields)
    for (const [position, name] of relation.columns) {
      const key = toColumnKey(relation.oid, position)
      const declared = fields.filter(({ column }) => column === name)
      const isSecret = declared.some((field) => field.sensitive)
      if (isSecret || (declared.length === 0 && isSecretName(name))) sensitive.add(key)
      else if (declared.some((field) => field.declassified)) declassified.add(key)
    }
  }
  return { sensitive, declassified }
}

/** Follows the edges from sensitive columns to all that is made of them, except through declassified ones. */
export function followEdges(
  sensitive: ReadonlySet<string>,
  declassified: ReadonlySet<string>,
  edges: readonly LineageEdge[],
): ReadonlySet<string> {
  const next = new Map<string, string[]>()
  for (const [from, to] of edges) append(next, from, to)
  const found = new Set(sensitive)
  for (const key of found) {
    for (const to of next.get(key) ?? []) if (!declassified.has(to)) found.add(to)
  }
  return found
}

/** Columns of tables and views, as lists of names by `toTableKey`; plain data, to be compared. */
export type ColumnsByTable = Readonly<Record<string, readonly string[]>>

/** Picks the sensitive columns of the tables that models name, in the order of the relations. */
export function toColumnsByTable(
  models: readonly Model[],
  relations: readonly LineageRelation[],
  sensitive: ReadonlySet<string>,
): ColumnsByTable {
  const modelsOf = groupByTable(models)
  return Object.fromEntries(
    relations.flatMap((relation) => {
      const columns = relation.columns.flatMap(([position, name]) =>
        sensitive.has(toColumnKey(relation.oid, position)) ? [name] : [],
      )
      const keys = new Set(modelsOf(relation).map(toTableKey))
      return columns.length > 0 ? [...keys].map((key) => [key, columns] as const) : []
    }),
  )
}

/** Marks the fields of these columns as sensitive. Models without such a field stay themselves. */
export function markSensitive<M extends Model>(models: readonly M[], columns: ColumnsByTable): M[] {
  return models.map((model) => {
    const secret = columns[toTableKey(model)]
    if (!secret) return model
    const fields = model.fields.map((field) =>
      secret.includes(field.column) ? { ...field, sensitive: true } : field,
    )
    return { ...model, fields }
  })
}

function toTableKey({ schema, table }: Model): string {
  return JSON.stringify([schema, table])
}

/** Models by table, for each list of models: an unchanged snapshot asks with the same one every time. */
const groupings = new WeakMap<readonly Model[], ReadonlyMap<string, readonly Model[]>>()

/** Answers the models of a table or view; one without a schema is found where the search path finds it. */
function groupByTable(models: readonly Model[]): (relation: LineageRelation) => readonly Model[] {
  const groups = groupings.get(models) ?? groupBy(models, toTableKey)
  groupings.set(models, groups)
  return ({ schema, name, isVisible }) => [
    ...(groups.get(JSON.stringify([schema, name])) ?? []),
    ...(isVisible ? (groups.get(JSON.stringify([null, name])) ?? []) : []),
  ]
}
