import type { Catalog, CatalogTable } from '../../project/catalog/catalog.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'

/** A visible model with its table. */
export interface SeenTable {
  readonly model: AppModel
  readonly relation: CatalogTable
  /** Returns an expression, or null if it mentions a column or a table that clients may not see. */
  readonly show: (expression: string | null) => string | null
}

/** Lists the tables of visible models. */
export function toSeenTables(catalog: Catalog, snapshot: Snapshot): SeenTable[] {
  const mentionsHidden = toHiddenNames(catalog, snapshot)
  const tables = new Map(catalog.tables.map((table) => [toKey(table.schema, table.name), table]))
  return snapshot.models.flatMap((model) => {
    const relation = tables.get(toKey(model.schema ?? 'public', model.table))
    if (!relation) return []
    const show = (expression: string | null) =>
      expression !== null && mentionsHidden(expression) ? null : expression
    return [{ model, relation, show }]
  })
}

/**
 * Returns a function that says whether a text mentions what clients may not see: a table or view without a visible model, or a
 * sensitive column. A visible name that is also a hidden one counts as hidden.
 */
export function toHiddenNames(
  { tables, views }: Catalog,
  snapshot: Snapshot,
): (text: string) => boolean {
  const models = [...snapshot.models, ...snapshot.views]
  const seen = new Map(models.map((model) => [toKey(model.schema ?? 'public', model.table), model]))
  const hidden = new Set<string>()
  for (const { schema, name, columns } of [...tables, ...views]) {
    const model = seen.get(toKey(schema, name))
    if (!model) hidden.add(name)
    const visible = new Set(
      model?.fields.filter(({ sensitive }) => !sensitive).map(({ column }) => column),
    )
    // A partition has the columns of its table; its name is hidden, because it is no model.
    if (model) for (const column of columns) if (!visible.has(column.name)) hidden.add(column.name)
  }
  const odd = [...hidden].filter((name) => !/^\w+$/.test(name))
  return (text) =>
    odd.some((name) => text.includes(name)) ||
    (text.match(/\w+/g) ?? []).some((word) => hidden.has(word) || hidden.has(word.toLowerCase()))
}

/** Returns how an item names its table. */
export function toTable(
  { name }: AppModel,
  relation: { readonly schema: string; readonly name: string },
) {
  return { schema: relation.schema, table: relation.name, model: name }
}

function toKey(schema: string, name: string): string {
  return `${schema}\0${name}`
}
