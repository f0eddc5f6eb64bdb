import { noEdit, toCamel } from '../edit-step.ts'
import type { PrismaColumn } from './field-type.ts'
import { isRelation, type PrismaEdit } from './open-edit.ts'
import type { PrismaModel, PrismaSchema } from './parse-schema.ts'

/** Adds an attribute at the end of a model, after an empty line where it is the first. */
export function insertAttribute({ edits }: PrismaEdit, model: PrismaModel, text: string): void {
  const last = model.attributes.at(-1)
  const indent = /^\s*/.exec(edits.line(last?.line ?? model.fields[0]?.line ?? -1))?.[0] || '  '
  if (last) edits.insert(last.line, indent + text)
  else edits.insert(model.end - 1, '', indent + text)
}

/** Adds a field after the columns of a model, or after its relations, with its type below the others. */
export function insertField(
  { schema, edits }: PrismaEdit,
  model: PrismaModel,
  {
    name,
    rest,
    isLast = false,
  }: { readonly name: string; readonly rest: string; readonly isLast?: boolean },
): void {
  const columns = model.fields.filter((field) => isLast || !isRelation(schema, field))
  const last = columns.at(-1)
  const [, indent = '  ', gap = ''] = /^(\s*)(\w+\s+)/.exec(edits.line(last?.line ?? -1)) ?? []
  const padded = `${name} `.padEnd(gap.length)
  edits.insert(last?.line ?? model.start, `${indent}${padded}${rest}`)
}

/** Writes a column without its name and its `@map`. */
export function toFieldType({ type, suffix, native, value }: PrismaColumn): string {
  const parts = [`${type}${suffix}`, value === null ? null : `@default(${value})`, native]
  return parts.filter((part) => part !== null).join(' ')
}

/** Names a new field: as the column, or in the style of the other fields of the file. */
export function toFieldName(schema: PrismaSchema, column: string): string {
  const isCamel = schema.models.some(({ fields }) =>
    fields.some((one) => one.column !== one.name && toCamel(one.column) === one.name),
  )
  const name = isCamel ? toCamel(column) : column.replace(/^_+/, '')
  if (!/^[A-Za-z]\w*$/.test(name)) throw noEdit(`no field can be named after ${column}`)
  return name
}

/** Writes the `@map` that a field needs. */
export function toMap(name: string, column: string): string {
  return name === column ? '' : ` @map(${JSON.stringify(column)})`
}

/** Returns the first name that no field of a model has. */
export function freeName(model: PrismaModel, ...wanted: readonly string[]): string {
  const isFree = (name: string) => !model.fields.some((one) => one.name === name)
  const found = wanted.find(isFree)
  if (found !== undefined) return found
  const last = wanted.at(-1) ?? 'other'
  for (let number = 2; ; number++) if (isFree(`${last}${number}`)) return `${last}${number}`
}
