import { type ColumnsByTable, markSensitive } from '../../project/models/lineage.ts'
import type { Project, Resource } from '../../project/project.ts'
import type { Relation } from '../../project/model.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'

/** The parts of a snapshot that are made of its models. */
export type SnapshotModels = Pick<
  Snapshot,
  'models' | 'resources' | 'declaredModels' | 'sensitiveColumns'
>

/** Picks these parts. */
export function modelsOf(snapshot: Snapshot): SnapshotModels {
  const { models, resources, declaredModels, sensitiveColumns } = snapshot
  return { models, resources, declaredModels, sensitiveColumns }
}

/** Makes these parts: what clients may know of, beside all there is. */
export function toSnapshotModels(
  { resources }: Project,
  declaredModels: readonly AppModel[],
  sensitiveColumns: ColumnsByTable | null,
): SnapshotModels {
  const marked = markSensitive(declaredModels, sensitiveColumns ?? {})
  return { ...toExposed(marked, resources), declaredModels, sensitiveColumns }
}

/**
 * Leaves out what clients may not know of: models that are not exposed, the resources and relations of these, and relations
 * held by sensitive fields. Done once, in front of every endpoint, so that none can forget it.
 */
function toExposed(
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
