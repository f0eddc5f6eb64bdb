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
  return ['erDiagram', ...models.flatMap(toEntity), ...models.flatMap(toLines)].join('\n')
}

function toEntity({ name, fields }: ContextModel): string[] {
  const rows = fields.map((field) => {
    const keys = [
      ...(field.primary_key ? ['PK'] : []),
      ...(field.fk_to_model ? ['FK'] : []),
      ...(field.unique && !field.primary_key ? ['UK'] : []),
    ]
    const comment = field.nullable ? ['"nullable"'] : []
    const words = [
      toWord(field.field_type),
      toWord(field.name),
      ...(keys.length > 0 ? [keys.join(', ')] : []),
      ...comment,
    ]
    return `    ${words.join(' ')}`
  })
  return [`  ${toWord(name)} {`, ...rows, '  }']
}

/** Returns each relation once: on the model that has the foreign key. */
function toLines({ name, relations, fields }: ContextModel): string[] {
  return relations.flatMap((relation) => {
    if (relation.from_model !== name) return []
    const isOne = fields.some(({ name: field, unique }) => field === relation.name && unique)
    const ends = endsOf(relation.relation_type, relation.nullable, isOne)
    if (ends === null) return []
    return [`  ${toWord(name)} ${ends} ${toWord(relation.to_model)} : ${toWord(relation.name)}`]
  })
}

function endsOf(type: string, isNullable: boolean, isOne: boolean): string | null {
  if (type === 'many_to_many') return '}o--o{'
  if (type !== 'foreign_key') return null
  return `${isOne ? '|o' : '}o'}--${isNullable ? 'o|' : '||'}`
}

/** Mermaid accepts letters, digits, `_` and `-`. Types may have brackets: `varchar(80)`, `text[]`. */
function toWord(text: string): string {
  const word = text.replace(/[^\p{L}\p{N}_()[\]-]+/gu, '_')
  return /^[\p{L}_]/u.test(word) ? word : `_${word}`
}
