import { noEdit, placeOfChange, requireTable, tableOf, toCamel } from '../edit-step.ts'
import { toTableName } from '../../../project/models/names.ts'
import type { CatalogForeignKey } from '../../../project/catalog/constraints.ts'
import {
  columnsOf,
  defaultName,
  fieldOf,
  type PrismaEdit,
  relationName,
  requirePrismaModel,
} from './open-edit.ts'
import { freeName, insertField } from './layout.ts'
import { listPrismaKeys } from './key-names.ts'
import type { PrismaField, PrismaModel } from './parse-schema.ts'

/** The actions of a foreign key in the words of Prisma. */
export const prismaActions = {
  'NO ACTION': 'NoAction',
  RESTRICT: 'Restrict',
  CASCADE: 'Cascade',
  'SET NULL': 'SetNull',
  'SET DEFAULT': 'SetDefault',
} as const

/** Adds the fields of a new foreign key to the models on both of its sides. */
export function addPrismaRelation(edit: PrismaEdit): void {
  if (!edit.schema.hasForeignKeys) throw noEdit('the relation mode of the file is "prisma"')
  const before = requireTable(edit)
  const after = tableOf(edit.step.after, placeOfChange(edit.step))
  const key = after?.foreignKeys.find(
    ({ name }) => !before.foreignKeys.some((one) => one.name === name),
  )
  if (!key) throw noEdit('the new foreign key is not known')
  const model = requirePrismaModel(edit)
  const target = requirePrismaModel(edit, key.target)
  const fields = key.columns.map((column) => fieldOf(edit, model, column))
  const targets = key.targetColumns.map((column) => fieldOf(edit, target, column))
  checkTypes(edit, { target, fields, targets })
  const isOptional = fields.some(({ suffix }) => suffix === '?')
  if (key.onDelete === 'SET NULL' || key.onUpdate === 'SET NULL') {
    if (fields.some(({ suffix }) => suffix !== '?')) {
      throw noEdit('Prisma refuses SET NULL for a field that is required')
    }
  }
  const [first] = key.columns
  const stem = key.columns.length === 1 ? toCamel(first?.replace(/_id$|Id$/, '') ?? '') : ''
  const name = freeName(
    model,
    ...[stem, toCamel(target.name)].filter((one) => /^[a-z]\w*$/.test(one)),
  )
  const back = freeName(
    model === target ? withField(model, name) : target,
    toCamel(toTableName(model.name)),
  )
  const isNamed = model === target || isRelated(model, target)
  const label = isNamed ? `${model.name}_${name}` : null
  const names = (list: readonly PrismaField[]) => `[${list.map((one) => one.name).join(', ')}]`
  const rest = [
    ...(label === null ? [] : [JSON.stringify(label)]),
    `fields: ${names(fields)}`,
    `references: ${names(targets)}`,
    `onDelete: ${prismaActions[key.onDelete]}`,
    `onUpdate: ${prismaActions[key.onUpdate]}`,
    ...mapOf(model, key),
  ].join(', ')
  const type = `${target.name}${isOptional ? '?' : ''}`
  insertField(edit, model, { name, rest: `${type} @relation(${rest})`, isLast: true })
  const other = label === null ? '' : ` @relation(${JSON.stringify(label)})`
  const list = `${model.name}[]${other}`
  insertField(edit, target, { name: back, rest: list, isLast: true })
}

function withField(model: PrismaModel, name: string): PrismaModel {
  const field: PrismaField = { line: -1, name, type: '', suffix: '', attributes: [], column: name }
  return { ...model, fields: [...model.fields, field] }
}

function isRelated(model: PrismaModel, target: PrismaModel): boolean {
  const between = [
    ...model.fields.filter(({ type }) => type === target.name),
    ...target.fields.filter(({ type }) => type === model.name),
  ]
  return between.some((field) => relationName(field) === null) || between.length > 0
}

function mapOf({ table }: PrismaModel, { columns, name }: CatalogForeignKey): string[] {
  return defaultName(table, columns, 'fkey') === name ? [] : [`map: ${JSON.stringify(name)}`]
}

/** Prisma wants equal types, and a key of the file over the fields of the target. */
function checkTypes(
  edit: PrismaEdit,
  sides: {
    readonly target: PrismaModel
    readonly fields: readonly PrismaField[]
    readonly targets: readonly PrismaField[]
  },
): void {
  const { target, fields, targets } = sides
  const different = fields.find((field, at) => field.type !== targets[at]?.type)
  if (different) throw noEdit(`the types of ${different.name} and its target differ`)
  if (fields.some(({ type }) => type.startsWith('Unsupported'))) {
    throw noEdit('Prisma does not know the type of the columns')
  }
  const columns = columnsOf(
    target,
    targets.map(({ name }) => name),
  )
    .toSorted()
    .join()
  const isKey = listPrismaKeys(edit.schema, target).some(
    (key) =>
      (key.kind === 'id' || key.kind === 'unique') && key.columns.toSorted().join() === columns,
  )
  if (!isKey) throw noEdit(`the model ${target.name} has no key over these fields`)
  if (target.attributes.some(({ attribute }) => attribute.name === '@@ignore')) {
    throw noEdit(`Prisma ignores the model ${target.name}`)
  }
}
