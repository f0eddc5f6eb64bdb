import { findArgument, readNames } from './attributes.ts'
import { columnsOf, isRelation, listRelations } from './open-edit.ts'
import { listPrismaKeys } from './key-names.ts'
import type { PrismaField, PrismaModel, PrismaSchema } from './parse-schema.ts'

/** Lists what Prisma refuses in a schema, as far as an edit can bring it about. */
export function findPrismaFaults(schema: PrismaSchema): string[] {
  return schema.models.flatMap((model) => [
    ...findFieldFaults(schema, model),
    ...findKeyFaults(schema, model),
    ...findRelationFaults(schema, model),
  ])
}

function findFieldFaults(schema: PrismaSchema, model: PrismaModel): string[] {
  const names = model.fields.map(({ name }) => name)
  const columns = model.fields.filter((one) => !isRelation(schema, one)).map(({ column }) => column)
  const isTwice = (list: readonly string[]) => new Set(list).size < list.length
  return isTwice(names) || isTwice(columns) ? [`the model ${model.name} has a field twice`] : []
}

function findKeyFaults(schema: PrismaSchema, model: PrismaModel): string[] {
  const keys = listPrismaKeys(schema, model)
  const fieldsOf = (columns: readonly string[]) =>
    columns.map((column) =>
      model.fields.find((one) => one.column === column && !isRelation(schema, one)),
    )
  const isPlain = (field: PrismaField | undefined) =>
    field !== undefined && !field.type.startsWith('Unsupported')
  const identifies = keys.some(
    ({ kind, columns }) =>
      (kind === 'id' || kind === 'unique') &&
      columns.length > 0 &&
      fieldsOf(columns).every((field) => isPlain(field) && field?.suffix === ''),
  )
  const isIgnored = model.attributes.some(({ attribute }) => attribute.name === '@@ignore')
  return [
    ...(identifies || isIgnored
      ? []
      : [`Prisma needs a key of ${model.name} over required fields of types that it knows`]),
    ...keys.flatMap(({ kind, columns }) => {
      const wrong = columns.filter((_column, at) => {
        const field = fieldsOf(columns)[at]
        return !isPlain(field) || (kind === 'id' && field?.suffix !== '')
      })
      return wrong.map((column) => `Prisma has no ${kind} of ${model.name} over ${column}`)
    }),
  ]
}

function findRelationFaults(schema: PrismaSchema, model: PrismaModel): string[] {
  return listRelations(schema, model).flatMap(({ field, fields }) => {
    const target = schema.models.find(({ name }) => name === field.type)
    const args = field.attributes.find(({ name }) => name === '@relation')?.args ?? null
    const references = readNames(findArgument(args, 'references'))
    const typeOf = (owner: PrismaModel | undefined, name: string | undefined) =>
      owner?.fields.find((one) => one.name === name)?.type
    const isSame = fields.every(
      (name, at) => typeOf(model, name) === (typeOf(target, references[at]) ?? 'nothing'),
    )
    const columns = target ? columnsOf(target, references).toSorted().join() : ''
    const isKey =
      target &&
      listPrismaKeys(schema, target).some(
        (key) =>
          (key.kind === 'id' || key.kind === 'unique') && key.columns.toSorted().join() === columns,
      )
    const place = `${model.name}.${field.name}`
    return [
      ...(isSame ? [] : [`the fields of the relation ${place} and of its target differ in type`]),
      ...(isKey ? [] : [`the relation ${place} needs a key over the fields of its target`]),
    ]
  })
}
