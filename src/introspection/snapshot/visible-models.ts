import { compareText } from '../../lib/text.ts'
import { mapSteps, type Steps } from '../../lib/steps/turns.ts'
import type { Catalog } from '../../project/catalog/catalog.ts'
import type { Field, Model, Relation } from '../../project/model.ts'
import { type ColumnsByTable, markSensitive } from '../../project/models/lineage.ts'
import type { App, Resource } from '../../project/project.ts'
import type { AppModel, Snapshot } from '../model/snapshot.ts'

/** The parts of a snapshot that follow from its models. */
export type SnapshotModels = Pick<
  Snapshot,
  'models' | 'views' | 'resources' | 'declaredModels' | 'sensitiveColumns'
>

/** Takes the parts that follow from models over from a snapshot. */
export function pickModels(snapshot: Snapshot): SnapshotModels {
  const { models, views, resources, declaredModels, sensitiveColumns } = snapshot
  return { models, views, resources, declaredModels, sensitiveColumns }
}

/** Labels the models of each app and sorts them by app, then name. `modelsByApp` is in the order of `apps`. */
export function toAppModels(
  apps: readonly App[],
  modelsByApp: readonly (readonly Model[])[],
): AppModel[] {
  return apps
    .flatMap(({ label }, index) =>
      (modelsByApp[index] ?? []).map((model) => ({ ...model, app: label })),
    )
    .sort((a, b) => compareText(a.app, b.app) || compareText(a.name, b.name))
}

/** Marks the fields that the database fills, in models that do not say so themselves, such as those of zod. */
export function markGenerated(
  models: readonly AppModel[],
  catalog: Catalog | null,
): readonly AppModel[] {
  const generated = new Map<string, Map<string, Field['generated']>>()
  for (const { schema, name, columns } of catalog?.tables ?? []) {
    const found = columns.flatMap((column) => {
      const how = column.generated ? 'always' : column.identity
      return how ? [[column.name, how] as const] : []
    })
    if (found.length > 0) generated.set(JSON.stringify([schema, name]), new Map(found))
  }
  return models.map((model) => {
    const columns = generated.get(JSON.stringify([model.schema ?? 'public', model.table]))
    const isNews = ({ column, generated: how }: Field) => how === undefined && columns?.has(column)
    if (!columns || !model.fields.some(isNews)) return model
    const fields = model.fields.map((field) =>
      isNews(field) ? { ...field, generated: columns.get(field.column) } : field,
    )
    return { ...model, fields }
  })
}

/**
 * Builds, in steps, the visible models and resources next to the full, unfiltered list. `filled` are the declared models with what the
 * catalog knows about them.
 */
export function* toSnapshotModels(
  resources: readonly Resource[],
  declaredModels: readonly AppModel[],
  {
    filled,
    declaredViews,
    sensitiveColumns,
  }: {
    readonly filled: readonly AppModel[]
    readonly declaredViews: readonly AppModel[]
    readonly sensitiveColumns: ColumnsByTable | null
  },
): Steps<SnapshotModels> {
  const marked = markSensitive(filled, sensitiveColumns ?? {})
  yield
  const exposed = declaredViews.filter((view) => view.exposed !== false)
  const views = markSensitive(exposed, sensitiveColumns ?? {})
  const visible = yield* toVisible(marked, resources)
  return { ...visible, views, declaredModels, sensitiveColumns }
}

/**
 * Leaves out what clients may not see: models that are not exposed, their resources, relations to them, and relations through
 * sensitive fields. This happens once, before any endpoint sees the models, so that no endpoint can forget it
 * (docs/decisions/083-what-stays-out.md).
 */
function* toVisible(
  declared: readonly AppModel[],
  resources: readonly Resource[],
): Steps<{ readonly models: readonly AppModel[]; readonly resources: readonly Resource[] }> {
  const visible = declared.filter((model) => model.exposed !== false)
  const visibleNames = new Set(visible.map(({ name }) => name))
  const hidden = new Set(declared.map(({ name }) => name).filter((name) => !visibleNames.has(name)))
  return {
    models: yield* mapSteps(visible, (model) => ({
      ...model,
      relations: toVisibleRelations(model, hidden),
    })),
    resources: resources.filter(({ model }) => !hidden.has(model)),
  }
}

/** A many-to-many relation through a hidden model stays, but without the name of that model. */
function toVisibleRelations(
  { fields, relations }: AppModel,
  hidden: ReadonlySet<string>,
): readonly Relation[] {
  const sensitive = new Set(fields.filter((field) => field.sensitive).map(({ name }) => name))
  return relations
    .filter(
      ({ to, fields: names }) => !hidden.has(to) && !names.some((name) => sensitive.has(name)),
    )
    .map((relation) =>
      relation.through !== null && hidden.has(relation.through)
        ? { ...relation, through: null }
        : relation,
    )
}
