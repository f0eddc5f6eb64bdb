import { columnAfter, noEdit, placeOfChange, requireTable, tableOf } from '../edit-step.ts'
import type { ChangeOf } from '../../schema/model-change.ts'
import { dropLost } from './edit-prisma-key.ts'
import { prismaActions } from './edit-prisma-relation.ts'
import { setAttribute, withArgument } from './line-edits.ts'
import { findArgument } from './attributes.ts'
import { printPrismaColumn } from './field-type.ts'
import { fieldOf, listRelations, type PrismaEdit, requirePrismaModel } from './open-edit.ts'
import { insertField, toFieldName, toFieldType, toMap } from './layout.ts'
import { listPrismaKeys, nameOfKey, pinNames } from './key-names.ts'
import type { PrismaModel } from './parse-schema.ts'

/** Adds the field of a new column. */
export function addPrismaColumn(edit: PrismaEdit, change: ChangeOf<'add_column'>): void {
  const model = requirePrismaModel(edit)
  const { name: column } = change.column
  const name = toFieldName(edit.schema, column)
  if (model.fields.some((one) => one.name === name)) {
    throw noEdit(`the model ${model.name} has a field ${name}`)
  }
  const printed = printPrismaColumn(columnAfter(edit, column), edit.schema.enums)
  insertField(edit, model, { name, rest: toFieldType(printed) + toMap(name, column) })
}

/** Changes the type, the nullability and the default of a field, each only if the change names it. */
export function alterPrismaColumn(edit: PrismaEdit, change: ChangeOf<'alter_column'>): void {
  const model = requirePrismaModel(edit)
  const field = fieldOf(edit, model, change.column)
  const before = requireTable(edit).columns.find(({ name }) => name === change.column)
  const after = columnAfter(edit, change.column)
  if (!before) throw noEdit('the column is unknown')
  const { enums } = edit.schema
  const [old, now] = [printPrismaColumn(before, enums), printPrismaColumn(after, enums)]
  let line = edit.edits.line(field.line)
  if (old.native !== now.native || old.type !== now.type)
    line = setAttribute(line, '@db.', now.native)
  if (old.value !== now.value) {
    line = setAttribute(line, '@default', now.value === null ? null : `@default(${now.value})`)
  }
  const head = /^(\s*\w+\s+)(?:Unsupported\("[^"]*"\)|\w+)(?:\?|\[\])?/.exec(line)
  const type = old.type === now.type ? field.type : now.type
  if (!head) throw noEdit(`the field ${field.name} is not understood`)
  line = `${head[1]}${type}${now.suffix}${line.slice(head[0].length)}`
  edit.edits.replace(field.line, line)
  if (before.notNull !== after.notNull) followNullability(edit, model, field.name)
}

/** A relation is optional when one of its fields is; and what Prisma does on delete unless told depends on that. */
function followNullability(edit: PrismaEdit, model: PrismaModel, name: string): void {
  const { schema, edits, step } = edit
  const table = tableOf(step.after, placeOfChange(step))
  const keys = listPrismaKeys(schema, model).filter(({ kind }) => kind === 'relation')
  for (const { field, fields } of listRelations(schema, model)) {
    if (!fields.includes(name)) continue
    const key = keys.find(({ line }) => line === field.line)
    const found = table?.foreignKeys.find((one) => key && one.name === nameOfKey(model, key))
    if (!table || !key || !found) {
      throw noEdit(`the foreign key of ${model.name}.${field.name} is unknown`)
    }
    const isOptional = table.columns.some(
      (column) => found.columns.includes(column.name) && !column.notNull,
    )
    if (!isOptional && [found.onDelete, found.onUpdate].includes('SET NULL')) {
      throw noEdit(`${found.name} sets a column to NULL that is required`)
    }
    let line = edits.line(field.line)
    const args = field.attributes.find(({ start }) => start === key.start)?.args ?? null
    if (findArgument(args, 'onDelete') === null) {
      line = withArgument(line, key.start, `onDelete: ${prismaActions[found.onDelete]}`)
    }
    const head = /^(\s*\w+\s+\w+)\??/.exec(line)
    if (head) line = `${head[1]}${isOptional ? '?' : ''}${line.slice(head[0].length)}`
    edits.replace(field.line, line)
  }
}

/** Removes the field of a column with the indexes and relations over it. */
export function dropPrismaColumn(edit: PrismaEdit, change: ChangeOf<'drop_column'>): void {
  const model = requirePrismaModel(edit)
  const field = fieldOf(edit, model, change.column)
  const after = tableOf(edit.step.after, placeOfChange(edit.step))
  if (!after) throw noEdit('the table is unknown')
  const uses = listRelations(edit.schema, model).filter(({ fields }) => fields.includes(field.name))
  dropLost(edit, model, after)
  edit.edits.remove(field.line)
  const left = [
    ...uses.map((one) => one.field),
    ...model.attributes.filter(({ fields }) => fields.includes(field.name)),
  ]
  if (left.some(({ line }) => !edit.edits.isRemoved(line))) {
    throw noEdit(`another line of ${model.name} uses ${field.name}`)
  }
}

/** Gives a field another column. The name of the field stays, because the code of the project uses it. */
export function renamePrismaColumn(edit: PrismaEdit, change: ChangeOf<'rename_column'>): void {
  const model = requirePrismaModel(edit)
  const field = fieldOf(edit, model, change.column)
  pinNames(edit, model, (key) => key.kind !== 'id' && key.columns.includes(change.column))
  const map = toMap(field.name, change.to).trim()
  edit.edits.replace(field.line, setAttribute(edit.edits.line(field.line), '@map', map || null))
  edit.notes.push(
    `${model.name}.${field.name} keeps its name in the code; its column is ${change.to}`,
  )
}
