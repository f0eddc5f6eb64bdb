import { toContextModel } from './context-model.ts'
import type { Detail } from './detail-levels.ts'
import type { ModelAt } from './model-answers.ts'
import type { AppModel } from './snapshot.ts'

/** Shows a model at a level of detail. `all` is needed for the relations that lead to it. */
export function toModelAt(detail: Detail, model: AppModel, all: readonly AppModel[]): ModelAt {
  if (detail === 'full') return toContextModel(model, all)
  const { name, app, table, description } = model
  if (detail === 'names') return { name, app_label: app }
  return {
    name,
    app_label: app,
    table_name: table,
    ...(description ? { ai_description: description } : {}),
    signature: toSignature(model),
  }
}

/** Writes the fields of a model on one line: `id: number key, title: string, author_id: number | null → Author`. */
function toSignature({ fields, relations }: AppModel): string {
  const targets = new Map(
    relations.flatMap(({ type, fields: columns, to }) =>
      type === 'foreign_key' ? columns.map((name) => [name, to] as const) : [],
    ),
  )
  return fields
    .filter(({ sensitive }) => !sensitive)
    .map(({ name, tsType, nullable, primaryKey }) => {
      const to = targets.get(name)
      const marks = `${nullable ? ' | null' : ''}${primaryKey ? ' key' : ''}${to ? ` → ${to}` : ''}`
      return `${name}: ${tsType}${marks}`
    })
    .join(', ')
}
