import { noEdit, placeOfChange, requireTable, tableOf } from '../edit-step.ts'
import { toModelName } from '../../../project/models/names.ts'
import type { ChangeOf } from '../../schema/model-change.ts'
import { printPrismaColumn } from './field-type.ts'
import { dropPrismaRelations } from './edit-prisma-key.ts'
import { setAttribute } from './line-edits.ts'
import {
  findPrismaModel,
  listRelations,
  oppositeOf,
  type PrismaEdit,
  requirePrismaModel,
} from './open-edit.ts'
import { insertAttribute, toFieldName, toFieldType, toMap } from './layout.ts'
import { pinNames } from './key-names.ts'
import type { PrismaSchema } from './parse-schema.ts'

/** Adds a model at the end of the file. */
export function createPrismaModel(edit: PrismaEdit): void {
  const { schema, step, edits } = edit
  const place = placeOfChange(step)
  const table = tableOf(step.after, place)
  const name = toModelName(place.name).replace(/^[\d_]+/, '')
  if (!table || name === '') throw noEdit('no model can be named after it')
  if (schema.names.has(name)) throw noEdit(`the file has a block ${name}`)
  checkSchema(edit)
  const key = table.primaryKey?.columns ?? []
  const rows = table.columns.map((column) => {
    const field = toFieldName(schema, column.name)
    const [type = '', ...rest] = splitType(toFieldType(printPrismaColumn(column, schema.enums)))
    const id = key.length === 1 && key[0] === column.name ? ['@id'] : []
    const map = toMap(field, column.name).trim()
    return {
      column: column.name,
      field,
      type,
      rest: [...id, ...rest, map].filter(Boolean).join(' '),
    }
  })
  const names = rows.map(({ field }) => field)
  if (new Set(names).size < names.length) throw noEdit('two of its fields would have one name')
  const width = Math.max(...names.map(({ length }) => length))
  const typeWidth = Math.max(...rows.map(({ type }) => type.length))
  const fields = rows.map(
    ({ field, type, rest }) =>
      `  ${field.padEnd(width)} ${rest === '' ? type : `${type.padEnd(typeWidth)} ${rest}`}`,
  )
  const keyNames = key.map((column) => rows.find((one) => one.column === column)?.field ?? column)
  const block = [
    ...(key.length > 1 ? [`@@id([${keyNames.join(', ')}])`] : []),
    ...(name === place.name ? [] : [`@@map(${JSON.stringify(place.name)})`]),
    ...(schema.schemas ? [`@@schema(${JSON.stringify(place.schema)})`] : []),
    ...(key.length === 0 ? ['@@ignore'] : []),
  ]
  if (key.length === 0) edit.notes.push(`${name} has no primary key, so Prisma ignores it`)
  const last = schema.lines.length - 1
  const isEnded = schema.lines[last]?.trim() === ''
  const text = [
    '',
    `model ${name} {`,
    ...fields,
    ...(block.length > 0 ? ['', ...block.map((line) => `  ${line}`)] : []),
    '}',
  ]
  if (isEnded && schema.lines[last - 1]?.trim() === '') text.shift()
  edits.insert(isEnded ? last - 1 : last, ...text, ...(isEnded ? [] : ['']))
}

function splitType(text: string): string[] {
  const type = /^(?:Unsupported\("[^"]*"\)|\w+)(?:\?|\[\])?/.exec(text)?.[0] ?? text
  return [
    type,
    ...text
      .slice(type.length)
      .trim()
      .split(/ (?=@)/),
  ]
}

/** A file whose source names no schemas is about one schema, which its other models tell. */
function checkSchema({ schema, step }: PrismaEdit): void {
  const place = placeOfChange(step)
  if (schema.schemas) {
    if (schema.schemas.includes(place.schema)) return
    throw noEdit(`the data source does not name the schema ${place.schema}`)
  }
  if (place.schema !== 'public' && !hasModelOf(schema, step.before, place.schema)) {
    throw noEdit(`whether the file is about the schema ${place.schema} is not known`)
  }
}

function hasModelOf(schema: PrismaSchema, catalog: PrismaEdit['step']['before'], wanted: string) {
  return catalog.tables.some(
    (table) => table.schema === wanted && findPrismaModel(schema, catalog, table) !== null,
  )
}

/** Removes a model with its documentation, and the fields of other models that stand for its relations. */
export function dropPrismaModel(edit: PrismaEdit): void {
  const { schema, edits } = edit
  const model = requirePrismaModel(edit)
  const table = requireTable(edit)
  dropPrismaRelations(
    edit,
    model,
    table.foreignKeys.map(({ name }) => name),
  )
  const own = listRelations(schema, model).map((relation) => oppositeOf(schema, relation)?.line)
  for (const other of schema.models) {
    if (other === model) continue
    const left = other.fields.find(
      ({ type, line }) => type === model.name && !edits.isRemoved(line),
    )
    if (left && !own.includes(left.line)) {
      throw noEdit(`${other.name}.${left.name} is of this model`)
    }
    if (left) edits.remove(left.line)
  }
  for (let line = model.start; line <= model.end; line++) edits.remove(line)
  let above = model.start - 1
  while (/^\s*\/\/\//.test(edits.line(above))) edits.remove(above--)
  const isBlank = (line: number) => line >= 0 && schema.lines[line]?.trim() === ''
  if (isBlank(above) && (model.end + 1 >= schema.lines.length || isBlank(model.end + 1)))
    edits.remove(above)
}

/** Gives a model another table. The name of the model stays, because the code of the project uses it. */
export function renamePrismaModel(edit: PrismaEdit, change: ChangeOf<'rename_table'>): void {
  const model = requirePrismaModel(edit)
  pinNames(edit, model, () => true)
  const map = model.attributes.find(({ attribute }) => attribute.name === '@@map')
  const text = `@@map(${JSON.stringify(change.to)})`
  if (map) edit.edits.replace(map.line, setAttribute(edit.edits.line(map.line), '@@map', text))
  else insertAttribute(edit, model, text)
  edit.notes.push(`the model ${model.name} keeps its name in the code; its table is ${change.to}`)
}
