import { groupBy } from '../../lib/groups.ts'
import { uniqueName } from '../../lib/unique-name.ts'
import type { Command } from '../command.ts'
import { type ContextModel, readForeignKeys, readModels } from './models.ts'
import { type Target, targetNotes, targetOptions, withTarget } from '../target.ts'

/** `fetch-studio erd`: the models and their relations as a Mermaid diagram. */
export const erd: Command = {
  name: 'erd',
  usage: 'erd [<target>] [--schema <names>]',
  summary: 'Prints an entity relationship diagram in Mermaid',
  notes: targetNotes,
  options: targetOptions,
  operands: [0, 1],
  run: (input, terminal) =>
    withTarget(input, terminal, async (target) => {
      const models = await readModels(target)
      terminal.print(toMermaid(models, await findOneToOne(models, target)))
    }),
}

type Relation = ContextModel['relations'][number]

/** Returns an `erDiagram` of Mermaid. Models keep their order. */
function toMermaid(models: readonly ContextModel[], oneToOne: ReadonlySet<Relation>): string {
  const names = toEntityNames(models)
  const nameOf = (model: ContextModel) => names.get(model) ?? toName(model.name)
  const findTarget = createTargetFinder(models)
  const toLines = (model: ContextModel) =>
    model.relations.flatMap((relation) => {
      const ends = endsOf(relation, oneToOne.has(relation))
      if (ends === null) return []
      const target = findTarget(model, relation)
      const to = target ? nameOf(target) : toName(relation.to_model)
      return [`  ${nameOf(model)} ${ends} ${to} : ${toName(relation.name)}`]
    })
  return [
    'erDiagram',
    ...models.flatMap((model) => toEntity(model, nameOf(model))),
    ...models.flatMap(toLines),
  ].join('\n')
}

// Two models can have names that differ only in characters which a diagram cannot show, or only in their app.
function toEntityNames(models: readonly ContextModel[]): ReadonlyMap<ContextModel, string> {
  const taken = new Set<string>()
  return new Map(
    models.map((model) => {
      const free = uniqueName(toWord(model.name), (word) => taken.has(word), { separator: '_' })
      taken.add(free)
      return [model, toName(free)]
    }),
  )
}

/** A relation names its target without the app: the model of the same app is meant, or else the first one. */
function createTargetFinder(models: readonly ContextModel[]) {
  const byName = groupBy(models, ({ name }) => name)
  return ({ app_label }: ContextModel, { to_model }: Relation): ContextModel | undefined => {
    const named = byName.get(to_model) ?? []
    return named.find((model) => model.app_label === app_label) ?? named[0]
  }
}

function toEntity({ fields }: ContextModel, name: string): string[] {
  const taken = new Set<string>()
  const rows = fields.map((field) => {
    const keys = [
      ...(field.primary_key ? ['PK'] : []),
      ...(field.fk_to_model ? ['FK'] : []),
      ...(field.unique && !field.primary_key ? ['UK'] : []),
    ]
    const free = uniqueName(toAttribute(field.name), (word) => taken.has(word), { separator: '_' })
    taken.add(free)
    const words = [
      toAttribute(field.field_type),
      free,
      ...(keys.length > 0 ? [keys.join(', ')] : []),
      ...(field.nullable ? ['"nullable"'] : []),
    ]
    return `    ${words.join(' ')}`
  })
  return [`  ${name} {`, ...rows, '  }']
}

/** Finds the foreign keys that are unique. */
async function findOneToOne(
  models: readonly ContextModel[],
  target: Target,
): Promise<ReadonlySet<Relation>> {
  const found = new Set<Relation>()
  for (const model of models) {
    const relations = model.relations.filter(({ relation_type }) => relation_type === 'foreign_key')
    if (relations.length === 0) continue
    const known = isOnlyKeyUnique(model, relations)
    const keys = known === null ? await readForeignKeys(target, model) : []
    const unique = new Set(keys.filter((key) => key.unique).map(({ relation }) => relation))
    for (const relation of relations) {
      if (known ?? unique.has(relation.name)) found.add(relation)
    }
  }
  return found
}

/** For a model with one foreign key of one field: true if it is unique. Null for other models, whose fields do not tell. */
function isOnlyKeyUnique({ fields }: ContextModel, relations: readonly Relation[]): boolean | null {
  const [only, ...others] = fields.filter(({ fk_to_model }) => fk_to_model !== null)
  if (!only || others.length > 0 || relations.length > 1) return null
  const keys = fields.filter(({ primary_key }) => primary_key)
  return only.unique || (only.primary_key && keys.length === 1)
}

/** Each relation is drawn once: on the model that has the foreign key. */
function endsOf({ relation_type, nullable }: Relation, isOne: boolean): string | null {
  if (relation_type === 'many_to_many') return '}o--o{'
  if (relation_type !== 'foreign_key') return null
  return `${isOne ? '|o' : '}o'}--${nullable ? 'o|' : '||'}`
}

// Words of Mermaid's grammar, in any case.
const reserved: ReadonlySet<string> = new Set(
  'accdescr acctitle class classdef click direction end erdiagram many one only optionally style subgraph title to zero'.split(
    ' ',
  ),
)

/** Writes the name of an entity or a relation, in quotes where Mermaid would read something else. */
function toName(text: string): string {
  const word = toWord(text)
  return reserved.has(word.toLowerCase()) ? `"${word}"` : word
}

// Mermaid reads letters and digits beyond ASCII only from U+00C0 on.
const unsafe = /[^\p{L}\p{N}\p{M}_]+|[\u0080-\u00bf]+/gu

function toWord(text: string): string {
  const word = text.replace(unsafe, '_')
  return /^[\p{L}_]/u.test(word) ? word : `_${word}`
}

/** Writes a column or a type. It may have brackets, and must not be the mark of a key. */
function toAttribute(text: string): string {
  const word = text.replace(/[^()[\]]+/g, (part) => part.replace(unsafe, '_'))
  const safe = /^[\p{L}_]/u.test(word) ? word : `_${word}`
  return /^(pk|fk|uk)\b/i.test(safe) ? `${safe}_` : safe
}
