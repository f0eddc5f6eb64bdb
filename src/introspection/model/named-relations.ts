import { append } from '../../lib/groups.ts'
import { compareText } from '../../lib/text.ts'
import { uniqueName } from '../../lib/unique-name.ts'
import type { Relation } from '../../project/model.ts'
import type { AppModel } from './snapshot.ts'

/** A relation of a model, or one of another model that leads to it, under a name that is unique in the model. */
export interface NamedRelation {
  readonly name: string
  /** `reverse_fk` is the foreign key of another model, seen from the model that it references. */
  readonly type: Relation['type'] | 'reverse_fk'
  readonly relation: Relation
  /** The model that declares the relation: for `reverse_fk`, the other one. */
  readonly owner: AppModel
}

/**
 * Lists the relations of a model under names that no field and no other relation of the model has. A name that is taken gets
 * the target of the relation as its ending, or the model between the two, and then a number.
 */
export function nameRelations(model: AppModel, all: readonly AppModel[]): readonly NamedRelation[] {
  const forward = model.relations.map((relation): NamedRelation => {
    return { name: relation.name, type: relation.type, relation, owner: model }
  })
  const reverse = findReverseRelations(all).get(model.name) ?? []
  const sorted = [...forward, ...reverse].sort((a, b) => compareText(toSortKey(a), toSortKey(b)))
  const visible = model.fields.filter(({ sensitive }) => !sensitive)
  const taken = new Set(visible.map(({ name }) => name))
  const isTaken = (name: string) => taken.has(name)
  return sorted.map((named) => {
    const { name, type, relation, owner } = named
    const beside = relation.through ?? (type === 'reverse_fk' ? owner.name : relation.to)
    const fuller = `${name}_${toSnakeCase(beside)}`
    const unique = taken.has(name) ? uniqueName(fuller, isTaken, { separator: '_' }) : name
    taken.add(unique)
    return { ...named, name: unique }
  })
}

function toSortKey({ type, name, relation, owner }: NamedRelation): string {
  return JSON.stringify([type, name, type === 'reverse_fk' ? relation.to : owner.name])
}

const reverseRelations = new WeakMap<readonly AppModel[], Map<string, NamedRelation[]>>()

/** Returns the relations that lead to each model, by its name. Cached per list of models. */
function findReverseRelations(
  all: readonly AppModel[],
): ReadonlyMap<string, readonly NamedRelation[]> {
  const known = reverseRelations.get(all)
  if (known) return known
  const found = new Map<string, NamedRelation[]>()
  for (const owner of all) {
    for (const relation of owner.relations.filter(({ type }) => type === 'foreign_key')) {
      // Named after where it comes from: `post_by_author`, for the posts whose author is the item.
      const name = `${toSnakeCase(owner.name)}_by_${relation.name}`
      append(found, relation.to, { name, type: 'reverse_fk', relation, owner })
    }
  }
  reverseRelations.set(all, found)
  return found
}

function toSnakeCase(name: string): string {
  return name.replace(/(?<=[a-z0-9])(?=[A-Z])/g, '_').toLowerCase()
}
