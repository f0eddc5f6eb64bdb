import { uniqueName } from '../../lib/unique-name.ts'
import type { CatalogView } from '../catalog/catalog.ts'
import type { ObjectName } from '../catalog/object-name.ts'
import type { Field, Model } from '../model.ts'
import { nameTables } from './model-names.ts'

/** What decides how views become models. */
interface ViewNaming {
  /** Names that models of tables have. A view that would share one keeps its own name, or gets a number. */
  readonly taken: ReadonlySet<string>
  readonly names: Readonly<Record<string, string>>
  readonly toFields: (view: CatalogView) => Field[]
  /** False for a table or view that clients may not see. */
  readonly isExposed: (relation: ObjectName) => boolean
  /** True for a view that the project exposes by its name, whatever it reads. */
  readonly isListed: (view: CatalogView) => boolean
}

/**
 * Creates models from views and materialized views. A view that reads a hidden table or view is hidden too, unless the project
 * exposes it by its name.
 */
export function toViewModels(
  views: readonly CatalogView[],
  { taken, names, toFields, isExposed, isListed }: ViewNaming,
): Model[] {
  const byName = new Map(views.map((view) => [toKey(view), view]))
  const isHidden = (relation: ObjectName, seen: ReadonlySet<string> = new Set()): boolean => {
    const view = byName.get(toKey(relation))
    if (view && isListed(view)) return false
    if (!isExposed(relation)) return true
    if (!view || seen.has(toKey(view))) return false
    const path = new Set([...seen, toKey(view)])
    return view.reads.some((read) => isHidden(read, path))
  }
  const nameOf = nameTables(views, names)
  const used = new Set(taken)
  return views.map((view) => {
    const wanted = used.has(nameOf(view)) ? view.name : nameOf(view)
    const name = uniqueName(wanted, (one) => used.has(one), { separator: '_' })
    used.add(name)
    return {
      name,
      table: view.name,
      schema: view.schema,
      description: view.comment,
      exposed: !isHidden(view),
      fields: toFields(view),
      relations: [],
    }
  })
}

function toKey({ schema, name }: ObjectName): string {
  return `${schema}\0${name}`
}
