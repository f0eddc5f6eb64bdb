import { compareText } from '../../lib/text.ts'
import type { Detail } from '../model/detail-levels.ts'
import { toModelAt } from '../model/detail.ts'
import { rank, rankModel, type Term } from '../model/match.ts'
import type { RoutePlaces } from '../model/route-place.ts'
import type { Snapshot } from '../model/snapshot.ts'
import type { Section } from './budget.ts'
import type { ContextItems } from './item-answers.ts'
import {
  toMigrationAt,
  toRouteAt,
  toToolAt,
  toViewset,
  toViewsetAt,
  toViewsetName,
} from './items.ts'

/** Lists the models that match the terms. */
export function selectModels(
  detail: Detail,
  terms: readonly Term[] | null,
  { models }: Snapshot,
): Section<'models'> {
  const found = selectMatching(models, terms, rankModel)
  return toSection('models', found, (model) => toModelAt(detail, model, models))
}

/** Returns the lists of the full context. If an answer has to be cut, the first list keeps its items longest. */
export function selectSections(
  detail: Detail,
  terms: readonly Term[] | null,
  snapshot: Snapshot,
  places: RoutePlaces,
): Section[] {
  const foundTools = selectMatching(snapshot.tools, terms, (words, { name, model, description }) =>
    rank(words, [name, model ?? ''], [description]),
  )
  return [
    selectModels(detail, terms, snapshot),
    selectViewsets(detail, terms, snapshot),
    toSection('ai_tools', foundTools, (tool) => toToolAt(detail, tool)),
    selectMigrations(detail, terms, snapshot),
    selectRoutes(detail, terms, snapshot, places),
  ]
}

/** Lists the migrations that match the terms. */
export function selectMigrations(
  detail: Detail,
  terms: readonly Term[] | null,
  { migrations: { migrations } }: Snapshot,
): Section<'migrations'> {
  const found = selectMatching(migrations, terms, (words, { app, name }) =>
    rank(words, [name, `${app}.${name}`]),
  )
  return toSection('migrations', found, (migration) => toMigrationAt(detail, migration))
}

/** Lists the routes whose path matches the terms. */
export function selectRoutes(
  detail: Detail,
  terms: readonly Term[] | null,
  { routes, resources }: Snapshot,
  places: RoutePlaces,
): Section<'routes'> {
  const found = selectMatching(routes, terms, (words, { path }) => rank(words, [path]))
  return toSection('routes', found, (route) => toRouteAt(detail, route, resources, places))
}

/** Lists the resources that match the terms themselves, or whose model does. */
export function selectViewsets(
  detail: Detail,
  terms: readonly Term[] | null,
  { models, resources, routes }: Snapshot,
): Section<'viewsets'> {
  const modelByName = new Map(models.map((model) => [model.name, model]))
  const sorted = resources.toSorted((a, b) => compareText(a.prefix, b.prefix))
  const found = selectMatching(sorted, terms, (words, resource) => {
    const model = modelByName.get(resource.model)
    const names = [toViewsetName(resource), resource.prefix]
    return Math.max(rank(words, names), model ? rankModel(words, model) : 0)
  })
  return toSection('viewsets', found, (resource) =>
    toViewsetAt(detail, toViewset(resource, routes)),
  )
}

interface Matches<Item> {
  readonly items: readonly Item[]
  readonly ranks?: readonly number[]
}

/** Keeps the items that match the terms, with their ranks; without terms every item, unranked. */
function selectMatching<Item>(
  items: readonly Item[],
  terms: readonly Term[] | null,
  rankItem: (terms: readonly Term[], item: Item) => number,
): Matches<Item> {
  if (terms === null) return { items }
  const ranked = items
    .map((item) => ({ item, rank: rankItem(terms, item) }))
    .filter(({ rank }) => rank > 0)
  return { items: ranked.map(({ item }) => item), ranks: ranked.map(({ rank }) => rank) }
}

function toSection<Name extends keyof ContextItems, Item>(
  name: Name,
  { items, ...ranks }: Matches<Item>,
  show: (item: Item) => ContextItems[Name],
): Section<Name> {
  return { ...ranks, name, count: items.length, show: (index) => show(items[index] as Item) } // below `count`
}
