import type { MigrationOverview } from '../../migrations/core/overview.ts'
import type { Project } from '../../project/project.ts'
import type { AppModel } from '../model/snapshot.ts'

interface ModelNames {
  readonly names: ReadonlySet<string>
  /** Those that two models share. */
  readonly repeated: ReadonlySet<string>
}

/** Names by the list of models, which stays the same object while nothing changes. */
const knownNames = new WeakMap<readonly AppModel[], ModelNames>()

function namesOf(models: readonly AppModel[]): ModelNames {
  const known = knownNames.get(models)
  if (known) return known
  const names = new Set<string>()
  const repeated = new Set<string>()
  for (const { name } of models) (names.has(name) ? repeated : names).add(name)
  knownNames.set(models, { names, repeated })
  return { names, repeated }
}

/** Lists the parts of a project that do not fit together, in words that are safe to send. */
export function findInconsistencies(
  { resources }: Project,
  models: readonly AppModel[],
  migrations: MigrationOverview,
): string[] {
  const { apps, cyclic } = migrations
  const { names, repeated } = namesOf(models)
  const unmatched = resources.filter(({ model }) => models.length > 0 && !names.has(model))
  return [
    ...[...repeated].map((name) => `models: two are named ${name}`),
    ...unmatched.map(({ model, prefix }) => `resource ${prefix}: no model is named ${model}`),
    ...apps.flatMap(({ conflicts }) => conflicts),
    ...migrations.problems,
    ...migrations.migrations
      .filter(({ state }) => state === 'failed')
      .map(({ app, name }) => `migration ${app}.${name}: it failed`),
    ...(cyclic.length > 0
      ? [`migrations: ${cyclic.join(', ')} wait for each other in a cycle`]
      : []),
  ]
}
