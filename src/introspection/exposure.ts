import type { Relation, Resource } from '../project/project.ts'
import type { AppModel } from './snapshot.ts'

/**
 * Leaves out what clients may not know of: models that are not exposed, the resources and relations of these, and relations
 * held by sensitive fields. Done once, in front of every endpoint, so that none can forget it.
 */
export function toExposed(
  declared: readonly AppModel[],
  resources: readonly Resource[],
): { readonly models: readonly AppModel[]; readonly resources: readonly Resource[] } {
  const exposed = declared.filter((model) => model.exposed !== false)
  const shown = new Set(exposed.map(({ name }) => name))
  const hidden = new Set(declared.map(({ name }) => name).filter((name) => !shown.has(name)))
  return {
    models: exposed.map((model) => ({ ...model, relations: toExposedRelations(model, hidden) })),
    resources: resources.filter(({ model }) => !hidden.has(model)),
  }
}

/** A many-to-many relation through a hidden model stays, without the name of that model. */
function toExposedRelations(
  { fields, relations }: AppModel,
  hidden: ReadonlySet<string>,
): readonly Relation[] {
  const secret = new Set(fields.flatMap(({ name, sensitive }) => (sensitive ? [name] : [])))
  return relations
    .filter(({ to, fields: held }) => !hidden.has(to) && !held.some((name) => secret.has(name)))
    .map((relation) =>
      relation.through !== null && hidden.has(relation.through)
        ? { ...relation, through: null }
        : relation,
    )
}
