import type { Section } from './budget.ts'
import { toMigrationAt, toRouteAt, toToolAt, toViewsetAt } from './levels.ts'
import { toModelAt } from '../model/levels.ts'
import { rank, rankModel, type Term } from '../model/match.ts'
import { toContextRoute, toContextViewset } from '../model/context-model.ts'
import type { Detail } from '../model/detail.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'

/** Keeps what fits the terms, all of it without terms, and tells how well. */
function matching<T>(
  items: readonly T[],
  terms: readonly Term[] | null,
  rankItem: (terms: readonly Term[], item: T) => number,
): { readonly items: readonly T[]; readonly ranks?: readonly number[] } {
  if (terms === null) return { items }
  const ranked = items
    .map((item) => ({ item, rank: rankItem(terms, item) }))
    .filter(({ rank }) => rank > 0)
  return { items: ranked.map(({ item }) => item), ranks: ranked.map(({ rank }) => rank) }
}

/** The models that fit the terms, as a section. */
export function selectModels(
  detail: Detail,
  terms: readonly Term[] | null,
  { models }: Snapshot,
): Section {
  const found = matching(models, terms, rankModel)
  const items = found.items.map((model) => toModelAt(detail, model, models))
  return { ...found, name: 'models', items }
}

/** The lists of the full context, those to keep longest first. A resource also fits when its model does. */
export function selectSections(
  detail: Detail,
  terms: readonly Term[] | null,
  snapshot: Snapshot,
): Section[] {
  const { models, resources, routes, migrations, tools } = snapshot
  const named = new Map(models.map((model): [string, AppModel] => [model.name, model]))
  const viewsets = matching(
    resources
      .map((resource) => toContextViewset(resource, routes))
      .sort((a, b) => (a.prefix < b.prefix ? -1 : 1)),
    terms,
    (wanted, { name, prefix, model_name }) => {
      const model = named.get(model_name)
      return Math.max(rank(wanted, [name, prefix]), model ? rankModel(wanted, model) : 0)
    },
  )
  const told = matching(
    routes.map((route) => toContextRoute(route, resources)),
    terms,
    (wanted, { path }) => rank(wanted, [path]),
  )
  const files = matching(migrations.migrations, terms, (wanted, { app, name }) =>
    rank(wanted, [name, `${app}.${name}`]),
  )
  const callable = matching(tools, terms, (wanted, { name, model, description }) =>
    rank(wanted, [name, model ?? ''], [description]),
  )
  return [
    selectModels(detail, terms, snapshot),
    { ...viewsets, name: 'viewsets', items: viewsets.items.map((one) => toViewsetAt(detail, one)) },
    { ...callable, name: 'ai_tools', items: callable.items.map((one) => toToolAt(detail, one)) },
    {
      ...files,
      name: 'migrations',
      items: files.items.map((one) => toMigrationAt(detail, one)),
    },
    { ...told, name: 'routes', items: told.items.map((one) => toRouteAt(detail, one)) },
  ]
}
