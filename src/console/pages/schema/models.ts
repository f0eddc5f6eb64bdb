import type { Answers } from '../../../client.ts'

type AnyModel = Answers['/ai/context/models']['models'][number]

/** A model with its fields and relations, as the diagram needs it. */
export type DiagramModel = Extract<AnyModel, { readonly fields: unknown }>

/** A model in the list: its names, and its fields on one line. */
export type ListedModel = Extract<AnyModel, { readonly signature: unknown }>

/** Returns the name that a model has in addresses: unique, unlike the short one. */
export function keyOf(model: { readonly app_label: string; readonly name: string }): string {
  return `${model.app_label}.${model.name}`
}

/** Returns the place of a model's page. */
export function placeOf(key: string): string {
  return `/schema/${encodeURIComponent(key)}`
}

/** A foreign key between two models that are both there. */
export interface ModelLink {
  readonly from: string
  readonly to: string
  /** The fields of the foreign key. */
  readonly fields: readonly string[]
  readonly isNullable: boolean
}

/** Lists the foreign keys among models. A target is named without its app, so the same app comes first. */
export function linksAmong(models: readonly DiagramModel[]): ModelLink[] {
  const byName = new Map<string, DiagramModel[]>()
  for (const model of models) byName.set(model.name, [...(byName.get(model.name) ?? []), model])
  return models.flatMap((model) => {
    const targets = new Map<string, { fields: string[]; isNullable: boolean }>()
    for (const { relation_type, to_model, nullable } of model.relations) {
      if (relation_type === 'foreign_key')
        targets.set(to_model, { fields: [], isNullable: nullable })
    }
    for (const { name, fk_to_model } of model.fields) {
      if (fk_to_model !== null) targets.get(fk_to_model)?.fields.push(name)
    }
    return [...targets].flatMap(([name, { fields, isNullable }]) => {
      const found = byName.get(name) ?? []
      const target = found.find(({ app_label }) => app_label === model.app_label) ?? found[0]
      return target ? [{ from: keyOf(model), to: keyOf(target), fields, isNullable }] : []
    })
  })
}
