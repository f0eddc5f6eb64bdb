import { append, groupBy } from '../../lib/groups.ts'
import { isSecretName } from '../../lib/secret-names.ts'
import type { Steps } from '../../lib/steps/turns.ts'
import type { Model } from '../model.ts'

/** A table or view with the columns that lineage edges connect. */
export interface LineageRelation {
  readonly oid: string
  readonly schema: string
  readonly name: string
  /** True when its unqualified name finds it through the search path. */
  readonly isVisible: boolean
  readonly columns: readonly (readonly [position: number, name: string, type?: string])[]
}

/** A derivation: the column `to` is computed from the column `from`. Both are keys of `toColumnKey`. */
export type LineageEdge = readonly [from: string, to: string]

/** Returns the key of a column in lineage edges. */
export function toColumnKey(oid: string, position: number): string {
  return `${oid}.${position}`
}

/**
 * Finds the columns that a model marks as sensitive, or whose name suggests a secret when no model has them. A declassified
 * field is not sensitive, but a column that one model marks as sensitive is sensitive for all models.
 *
 * @see docs/decisions/081-sensitive-by-origin.md
 */
export function* findSensitive(
  relations: readonly LineageRelation[],
  models: readonly Model[],
): Steps<{ readonly sensitive: ReadonlySet<string>; readonly declassified: ReadonlySet<string> }> {
  const modelsOf = groupByTable(models)
  const sensitive = new Set<string>()
  const declassified = new Set<string>()
  for (const relation of relations) {
    yield
    const fields = modelsOf(relation).flatMap((model) => model.fields)
    for (const [position, name, type] of relation.columns) {
      const key = toColumnKey(relation.oid, position)
      const declared = fields.filter(({ column }) => column === name)
      const isSecret = declared.some((field) => field.sensitive)
      if (
        isSecret ||
        (declared.length === 0 && isSecretName(name, { table: relation.name, type }))
      ) {
        sensitive.add(key)
      } else if (declared.some((field) => field.declassified)) declassified.add(key)
    }
  }
  return { sensitive, declassified }
}

/** Returns the sensitive columns and all columns derived from them, without following declassified columns. */
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

/** Column names by the key of their table or view (`toTableKey`), as plain data that can be compared. */
export type ColumnsByTable = Readonly<Record<string, readonly string[]>>

/** Lists the sensitive columns of the tables of models, in the order of the relations. */
export function* toColumnsByTable(
  models: readonly Model[],
  relations: readonly LineageRelation[],
  sensitive: ReadonlySet<string>,
): Steps<ColumnsByTable> {
  const modelsOf = groupByTable(models)
  const found: Record<string, readonly string[]> = {}
  for (const relation of relations) {
    yield
    const columns = relation.columns.flatMap(([position, name]) =>
      sensitive.has(toColumnKey(relation.oid, position)) ? [name] : [],
    )
    if (columns.length === 0) continue
    for (const model of modelsOf(relation)) found[toTableKey(model)] = columns
  }
  return found
}

/** Marks the fields of these columns as sensitive. A model without such a field is returned unchanged. */
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

/** Models by table, cached for each list of models, because an unchanged snapshot passes the same array. */
const groupings = new WeakMap<readonly Model[], ReadonlyMap<string, readonly Model[]>>()

/** Returns a function that finds the models of a table or view. A model without a schema matches by search path. */
function groupByTable(models: readonly Model[]): (relation: LineageRelation) => readonly Model[] {
  const groups = groupings.get(models) ?? groupBy(models, toTableKey)
  groupings.set(models, groups)
  return ({ schema, name, isVisible }) => [
    ...(groups.get(JSON.stringify([schema, name])) ?? []),
    ...(isVisible ? (groups.get(JSON.stringify([null, name])) ?? []) : []),
  ]
}
