import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { toContextModel } from '../context-parts.ts'
import type { AppModel } from '../snapshot.ts'

/** What `search_schema` takes. */
export const searchInputSchema = z.strictObject({
  query: z
    .string()
    .max(200)
    .default('')
    .describe('Words that all have to occur, in any case; empty finds every model.'),
  detail: z
    .enum(['names', 'summary', 'full'])
    .default('names')
    .describe(
      'How much of each model: its names, its fields and relations by name, or everything.',
    ),
  limit: z.int().min(1).max(200).default(50).describe('Most models to answer.'),
})

/** What `search_schema` answers; `total` counts all that were found, `truncated` tells that some are missing here. */
export const searchOutputSchema = z.object({
  detail: z.enum(['names', 'summary', 'full']),
  models: z.array(z.looseObject({ name: z.string(), app_label: z.string() })),
  count: z.int().nonnegative(),
  total: z.int().nonnegative(),
  truncated: z.boolean(),
})

/** Most characters of JSON that the models of one answer take, so that an agent can afford it. */
const maxCharacters = 60_000

/** Finds models, best matches first, then by app and name. */
export function searchModels(
  models: readonly AppModel[],
  { query, detail, limit }: z.output<typeof searchInputSchema>,
): z.output<typeof searchOutputSchema> {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean)
  const found = models
    .map((model) => ({ model, score: rate(model, words) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score) // stable, so equals stay sorted by app and name
  const shown = []
  let characters = 0
  for (const { model } of found.slice(0, limit)) {
    const one = views[detail](model, models)
    characters += JSON.stringify(one).length
    if (characters > maxCharacters && shown.length > 0) break
    shown.push(one)
  }
  const truncated = shown.length < found.length
  return { detail, models: shown, count: shown.length, total: found.length, truncated }
}

/**
 * Finds one model by its name, by `app.Name`, or by its table; letter by letter first, then in any case.
 *
 * @throws StudioError `bad_request` that names a few models that come close.
 */
export function requireModel(models: readonly AppModel[], asked: string): AppModel {
  const namesOf = ({ app, name, table, schema }: AppModel) => [
    name,
    `${app}.${name}`,
    table,
    ...(schema === null ? [] : [`${schema}.${table}`]),
  ]
  const lower = asked.toLowerCase()
  const found =
    models.find((model) => namesOf(model).includes(asked)) ??
    models.find((model) => namesOf(model).some((name) => name.toLowerCase() === lower))
  if (found) return found
  const close = searchModels(models, { query: asked, detail: 'names', limit: 5 }).models
  const hint = close.length > 0 ? ` Close: ${close.map(({ name }) => name).join(', ')}` : ''
  throw badRequest(`Model "${asked}" not found.${hint}`, [{ path: 'model', message: 'not found' }])
}

const views = {
  names: toNames,
  summary: (model: AppModel) => ({
    ...toNames(model),
    description: model.description,
    fields: exposedFields(model).map(({ name }) => name),
    relations: model.relations.map(({ name, type, to }) => ({
      name,
      relation_type: type,
      to_model: to,
    })),
  }),
  full: toContextModel,
}

function toNames({ name, app, table }: AppModel) {
  return { name, app_label: app, table_name: table }
}

/** 0 unless every word occurs somewhere; sensitive fields are not looked at, for a hit would tell of them. */
function rate(model: AppModel, words: readonly string[]): number {
  const names = [model.name, model.table].map((name) => name.toLowerCase())
  const fields = exposedFields(model)
  const texts: readonly (readonly [weight: number, text: string])[] = [
    [8, [...names, model.app].join(' ').toLowerCase()],
    [3, fields.map(({ name }) => name.toLowerCase()).join(' ')],
    [1, [model, ...fields].map(({ description }) => description?.toLowerCase() ?? '').join(' ')],
  ]
  const scores = words.map((word) =>
    names.includes(word) ? 20 : (texts.find(([, text]) => text.includes(word))?.[0] ?? 0),
  )
  return scores.includes(0) ? 0 : scores.reduce((sum, score) => sum + score, 1)
}

function exposedFields({ fields }: AppModel) {
  return fields.filter(({ sensitive }) => !sensitive)
}
