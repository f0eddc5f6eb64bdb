import type { Detail } from './detail.ts'
import type { AppModel } from './snapshot.ts'
import { toContextModel } from './context-model.ts'

/** A model at a level of detail; `full` is the contract's (introspection.md 4.1). */
export function toModelAt(detail: Detail, model: AppModel, all: readonly AppModel[]): object {
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

/** The fields of a model in one line: `id: number key, title: string, author_id: number | null → Author`. */
export function toSignature({ fields, relations }: AppModel): string {
  const targets = new Map(
    relations.flatMap(({ type, fields: held, to }) =>
      type === 'foreign_key' ? held.map((name) => [name, to] as const) : [],
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
