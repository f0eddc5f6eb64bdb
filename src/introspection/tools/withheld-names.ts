import { isSecretName, toWords } from '../../lib/secret-names.ts'
import { markSensitive } from '../../project/models/lineage.ts'
import type { Snapshot } from '../model/snapshot.ts'

/** Which members of an answer are withheld, by names compared without case and separators. */
export interface WithheldNames {
  /** True for a member that is withheld. `table` is what its object belongs to, `siblings` the names beside it. */
  hides(member: Member): boolean
  /** True if an object has the name of a field of its model, so that it is an item and not an envelope of items. */
  isItem(table: string, names: readonly string[]): boolean
  /** What the objects inside a member belong to: the member itself, or the owner of an envelope such as `data`. */
  ownerOf(member: string, table: string): string
}

/** One member of a JSON object, with what is known of the object. */
export interface Member {
  readonly name: string
  readonly value: unknown
  readonly table: string
  readonly siblings: readonly string[]
}

/** The names of one model, squeezed. */
interface ModelNames {
  readonly fields: ReadonlySet<string>
  readonly plain: ReadonlySet<string>
}

/** Names that occur in objects of any kind. If they are sensitive in one model, only its own items lose them. */
const plainNames =
  /^(?:id|pk|key|keys|value|values|code|codes|data|content|contents|payload|body|text|hash|digest|config|configuration|settings|options|params|parameters|details|result|results|items|rows|records|name|type|status|label|title|meta|metadata|properties|attributes|context|edges|nodes?|list|page|response|body|fields|before|after|old|new)$/

const known = new WeakMap<Snapshot, WithheldNames>()

/**
 * Collects the names of sensitive fields, also of models that are not exposed, because an item may contain items of any model.
 * A name that may hold a secret is withheld too, unless the project declares it as shown: answers have members that no model has.
 */
export function toWithheldNames(snapshot: Snapshot): WithheldNames {
  const found = known.get(snapshot) ?? build(snapshot)
  known.set(snapshot, found)
  return found
}

function build({ declaredModels, sensitiveColumns }: Snapshot): WithheldNames {
  const everywhere = new Set<string>()
  const shown = new Set<string>()
  const byOwner = new Map<string, ModelNames>()
  for (const { name: owner, table, fields } of markSensitive(
    declaredModels,
    sensitiveColumns ?? {},
  )) {
    const plain = new Set<string>()
    for (const { name, column, sensitive, type } of fields) {
      for (const each of [squeeze(name), squeeze(column)]) {
        if (sensitive) (plainNames.test(each) ? plain : everywhere).add(each)
        else if (isSecretName(name, { table, type })) shown.add(each)
      }
    }
    const all = new Set(fields.flatMap(({ name, column }) => [squeeze(name), squeeze(column)]))
    for (const key of [toOwner(owner), toOwner(table)]) byOwner.set(key, { fields: all, plain })
  }
  const models = [...new Set(byOwner.values())].filter(({ plain }) => plain.size > 0)

  const hidesPart = (part: string, { value, table, siblings }: Member): boolean => {
    const key = squeeze(part)
    if (everywhere.has(key)) return true
    if (!shown.has(key) && isSecretName(part, { table, type: toType(value) })) return true
    if (!plainNames.test(key)) return false
    if (byOwner.get(toOwner(table))?.plain.has(key)) return true
    return models.some((model) => model.plain.has(key) && resembles(model, key, siblings))
  }
  return {
    hides: (member) => toParts(member.name).some((part) => hidesPart(part, member)),
    ownerOf: (member, table) =>
      /^\d*$/.test(member) || plainNames.test(squeeze(member)) ? table : member,
    isItem: (table, names) => {
      const model = byOwner.get(toOwner(table))
      return names.some((name) => {
        const key = squeeze(name)
        return model?.fields.has(key) === true && !/^(?:data|results|items|rows)$/.test(key)
      })
    },
  }
}

/** True if most members of an object are fields of the model. */
function resembles({ fields }: ModelNames, key: string, siblings: readonly string[]): boolean {
  const others = siblings.map(squeeze).filter((name) => name !== key)
  const shared = others.filter((name) => fields.has(name) && name !== 'id').length
  return shared >= 2 && shared * 2 >= others.length
}

/** Splits a flattened name, such as `author.password_hash` or `users[0][token]`; the whole name is one of the parts. */
function toParts(name: string): string[] {
  const parts = name.split(/[.[\]/:]|__|->/).filter(Boolean)
  return parts.length > 1 ? [name, ...parts] : [name]
}

function squeeze(name: string): string {
  return toWords(name).replaceAll('_', '')
}

/** Returns the key of a model, by the singular of its name or its table. */
function toOwner(name: string): string {
  return squeeze(name).replace(/ies$/, 'y').replace(/s$/, '')
}

function toType(value: unknown): string {
  if (typeof value === 'string') {
    return /^[\da-f]{8}-(?:[\da-f]{4}-){3}[\da-f]{12}$/i.test(value) ? 'uuid' : 'text'
  }
  if (typeof value === 'number') return 'integer'
  return typeof value === 'boolean' ? 'boolean' : ''
}
