import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { details } from '../model/detail-levels.ts'
import { toModelAt } from '../model/detail.ts'
import { type ModelAt, modelAt } from '../model/model-answers.ts'
import { parseMatch, rankModel } from '../model/match.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'
import { unknownModels } from '../model/unknown-exposure.ts'

/** The arguments of the tool `search_schema`. */
export const searchInputSchema = z.strictObject({
  query: z
    .string()
    .max(200)
    .default('')
    .describe('Names, parts of names, words, or patterns with * and ?. Empty finds every model.'),
  detail: z
    .enum(details)
    .default('names')
    .describe(
      'How much of each model: its names, its fields and relations by name, or everything.',
    ),
  limit: z.int().min(1).max(200).default(50).describe('Maximum number of models to return.'),
})

/** The result of `search_schema`. `total` counts all models found; `truncated` is true if `models` lacks some of them. */
export const searchOutputSchema = z.object({
  detail: z.enum(details),
  models: z.array(modelAt),
  count: z.int().nonnegative(),
  total: z.int().nonnegative(),
  truncated: z.boolean(),
})

/** Most characters of JSON that the models of one result take: it must fit into the context of an agent. */
const maxCharacters = 60_000

/** Finds models that match any of the words, sorted by how many words match and how well, then by app and name. */
export function searchModels(
  models: readonly AppModel[],
  { query, detail, limit }: z.output<typeof searchInputSchema>,
): z.output<typeof searchOutputSchema> {
  const terms = parseMatch(query)
  const score = (model: AppModel) =>
    terms.reduce((sum, term) => sum + rankModel([term], model), terms.length === 0 ? 1 : 0)
  const found = models
    .map((model) => ({ model, score: score(model) }))
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score) // stable, so equals stay sorted by app and name
  const shown: ModelAt[] = []
  let characters = 0
  for (const { model } of found.slice(0, limit)) {
    const item = toModelAt(detail, model, models)
    characters += JSON.stringify(item).length
    if (characters > maxCharacters && shown.length > 0) break
    shown.push(item)
  }
  const truncated = shown.length < found.length
  return { detail, models: shown, count: shown.length, total: found.length, truncated }
}

/**
 * Finds one model by its name, by `app.Name`, or by its table. An exact match wins over one that ignores case.
 *
 * @throws StudioError `bad_request` that suggests a few similar models; `unavailable` while some models could not be read.
 */
export function requireModel(
  { models, exposure }: Pick<Snapshot, 'models' | 'exposure'>,
  asked: string,
): AppModel {
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
  if (exposure === 'unknown') throw unknownModels()
  const close = searchModels(models, { query: asked, detail: 'names', limit: 5 }).models
  const hint = close.length > 0 ? ` Close: ${close.map(({ name }) => name).join(', ')}` : ''
  throw badRequest(`Model "${asked}" not found.${hint}`, [{ path: 'model', message: 'not found' }])
}
