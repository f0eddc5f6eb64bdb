import { uniqueName } from '../lib/unique-name.ts'
import type { Command } from './command.ts'
import { type ContextModel, readModels } from './models.ts'
import { targetNotes, targetOptions, withTarget } from './target.ts'

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
      terminal.print(toMermaid(await readModels(target)))
    }),
}

/** Returns an `erDiagram` of Mermaid. Models keep their order. */
function toMermaid(models: readonly ContextModel[]): string {
  const names = toEntityNames(models)
  const nameOf = (model: string) => names.get(model) ?? toName(model)
  return [
    'erDiagram',
    ...models.flatMap((model) => toEntity(model, nameOf(model.name))),
    ...models.flatMap((model) => toLines(model, nameOf)),
  ].join('\n')
}

// Two models can have names that differ only in characters which a diagram cannot show.
function toEntityNames(models: readonly ContextModel[]): ReadonlyMap<string, string> {
  const taken = new Set<string>()
  return new Map(
    models.map(({ name }) => {
      const free = uniqueName(toWord(name), (word) => taken.has(word), { separator: '_' })
      taken.add(free)
      return [name, toName(free)]
    }),
  )
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

/** Returns each relation once: on the model that has the foreign key. */
function toLines(model: ContextModel, nameOf: (model: string) => string): string[] {
  return model.relations.flatMap((relation) => {
    if (relation.from_model !== model.name) return []
    const ends = endsOf(relation.relation_type, relation.nullable, isOneToOne(model, relation))
    if (ends === null) return []
    const [from, to] = [nameOf(model.name), nameOf(relation.to_model)]
    return [`  ${from} ${ends} ${to} : ${toName(relation.name)}`]
  })
}

// A relation does not list its fields. One field names it; the fields of a key of several columns are those that lead to its
// model, as long as no other relation does.
function isOneToOne(model: ContextModel, relation: ContextModel['relations'][number]): boolean {
  const linked = model.fields.filter(({ fk_to_model }) => fk_to_model === relation.to_model)
  const keys = model.fields.filter(({ primary_key }) => primary_key)
  const named = linked.filter(
    ({ name }) =>
      name === relation.name ||
      name.replace(/(_id|Id)$/, '') === relation.name ||
      // a relation whose name would be that of its field has its target's name behind it
      relation.name === `${name}_${relation.to_model.toLowerCase()}`,
  )
  const rivals = model.relations.filter(
    ({ from_model, to_model, relation_type }) =>
      relation_type === 'foreign_key' &&
      from_model === model.name &&
      to_model === relation.to_model,
  )
  const fields = named.length === 1 ? named : rivals.length === 1 ? linked : []
  const [only, ...more] = fields
  if (only && more.length === 0 && only.unique) return true
  const isKey = fields.length > 0 && fields.length === keys.length
  return isKey && fields.every(({ primary_key }) => primary_key)
}

function endsOf(type: string, isNullable: boolean, isOne: boolean): string | null {
  if (type === 'many_to_many') return '}o--o{'
  if (type !== 'foreign_key') return null
  return `${isOne ? '|o' : '}o'}--${isNullable ? 'o|' : '||'}`
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
