import type { Command } from './command.ts'
import { type ContextField, type ContextModel, readModels } from './models.ts'
import { targetNotes, targetOptions, withTarget } from './target.ts'

/** `fetch-studio types`: the models as zod schemas with their TypeScript types. */
export const types: Command = {
  name: 'types',
  usage: 'types [<target>] [--schema <names>]',
  summary: 'Prints zod schemas and TypeScript types of the models',
  notes: targetNotes,
  options: targetOptions,
  operands: [0, 1],
  run: (input, terminal) =>
    withTarget(input, terminal, async (target) => {
      terminal.print(toTypes(await readModels(target)))
    }),
}

/** Writes a module: for each model, in the order they come, a schema `<name>Schema` and a type `<Name>`. */
export function toTypes(models: readonly ContextModel[]): string {
  const head = ['// Written by `fetch-studio types`.', "import { z } from 'zod'"]
  const taken = new Set<string>()
  return [...head, ...models.map((model) => toModule(model, taken))].join('\n') + '\n'
}

function toModule(model: ContextModel, taken: Set<string>): string {
  const name = claimName(toIdentifier(model.name), taken)
  const schema = `${name.charAt(0).toLowerCase()}${name.slice(1)}Schema`
  const fields = model.fields.map(
    (field) => `${toComment(field)}  ${toKey(field.name)}: ${toZod(field)},`,
  )
  const about = model.ai_description || `A row of ${model.table_name}.`
  return [
    '',
    `/** ${toDoc(about)} */`,
    `export const ${schema} = z.object({`,
    ...fields,
    '})',
    `/** ${toDoc(about)} */`,
    `export type ${name} = z.infer<typeof ${schema}>`,
  ].join('\n')
}

/** Two models whose names become the same get `_2`, `_3`, … */
function claimName(wanted: string, taken: Set<string>): string {
  for (let copy = 1; ; copy++) {
    const name = copy === 1 ? wanted : `${wanted}_${copy}`
    if (taken.has(name.toLowerCase())) continue
    taken.add(name.toLowerCase())
    return name
  }
}

function toIdentifier(name: string): string {
  const word = name.replace(/[^\p{L}\p{N}_$]/gu, '_')
  return /^[\p{L}_$]/u.test(word) ? word : `_${word}`
}

function toKey(name: string): string {
  return /^[\p{L}_$][\p{L}\p{N}_$]*$/u.test(name) ? name : JSON.stringify(name)
}

function toComment({ ai_description }: ContextField): string {
  return ai_description ? `  /** ${toDoc(ai_description)} */\n` : ''
}

/** A comment of one line that nothing in it can end. */
function toDoc(text: string): string {
  return text.replace(/\s+/g, ' ').replaceAll('*/', '*\\/').trim()
}

const plain: Readonly<Record<string, string>> = {
  string: 'z.string()',
  number: 'z.number()',
  bigint: 'z.bigint()',
  boolean: 'z.boolean()',
  Date: 'z.date()',
  Uint8Array: 'z.instanceof(Uint8Array)',
  unknown: 'z.unknown()',
}

function toZod({ python_type, max_length, nullable }: ContextField): string {
  const limit = python_type === 'string' && max_length !== null ? `.max(${max_length})` : ''
  return toSchema(python_type) + limit + (nullable ? '.nullable()' : '')
}

/** Spells a TypeScript type as models carry it: a name, a list of one, or a union of texts. */
function toSchema(type: string): string {
  if (type.endsWith('[]')) return `z.array(${toSchema(stripParens(type.slice(0, -2)))})`
  const labels = toLabels(type)
  if (labels) return `z.enum([${labels.join(', ')}])`
  return plain[type] ?? 'z.unknown()'
}

function stripParens(type: string): string {
  return type.startsWith('(') && type.endsWith(')') ? type.slice(1, -1) : type
}

/** The labels of `'a' | 'b'`, quotes and escapes kept; null for anything else. */
function toLabels(type: string): string[] | null {
  const label = /'(?:[^'\\]|\\.)*'/g
  return type.replace(label, '').replace(/[|\s]/g, '') === '' ? type.match(label) : null
}
