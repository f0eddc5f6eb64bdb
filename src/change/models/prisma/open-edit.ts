import type { Catalog } from '../../../project/catalog/catalog.ts'
import type { ChangeStep } from '../../schema/apply-changes.ts'
import type { LineEdits } from './line-edits.ts'
import { noEdit, type TablePlace, placeOfChange } from '../edit-step.ts'
import { findArgument, readNames, readString } from './attributes.ts'
import type { PrismaField, PrismaModel, PrismaSchema } from './parse-schema.ts'

/** One change on its way into a schema. */
export interface PrismaEdit {
  readonly schema: PrismaSchema
  readonly step: ChangeStep
  readonly edits: LineEdits
  /** What a person should know of an edit that was made. */
  readonly notes: string[]
}

/** Finds the one model of a table; without `@@schema` it must be the only table of that name. */
export function findPrismaModel(
  { models }: PrismaSchema,
  catalog: Catalog,
  { schema, name }: TablePlace,
): PrismaModel | null {
  const isAlone = catalog.tables.filter((one) => one.name === name).length < 2
  const found = models.filter(
    (one) =>
      one.table === name &&
      (one.schema === null ? isAlone || schema === 'public' : one.schema === schema),
  )
  const [only, other] = found
  return only && !other ? only : null
}

/** Finds the model of the table that a change names. */
export function requirePrismaModel(
  { schema, step }: PrismaEdit,
  place = placeOfChange(step),
): PrismaModel {
  const model = findPrismaModel(schema, step.before, place)
  if (!model) throw noEdit(`no model of the file is the table ${place.schema}.${place.name}`)
  return model
}

/** Returns true if a field is a relation. */
export function isRelation({ models }: PrismaSchema, { type }: PrismaField): boolean {
  return models.some(({ name }) => name === type)
}

/** Finds the field of a column. */
export function fieldOf(edit: PrismaEdit, model: PrismaModel, column: string): PrismaField {
  const found = model.fields.filter((one) => one.column === column && !isRelation(edit.schema, one))
  const [only] = found
  if (!only || found.length > 1) {
    throw noEdit(`the model ${model.name} has no one field for the column ${column}`)
  }
  return only
}

/** The two sides of a relation. */
export interface PrismaRelation {
  readonly model: PrismaModel
  readonly field: PrismaField
  /** The names of its fields with the columns of the foreign key. */
  readonly fields: readonly string[]
  readonly map: string | null
  readonly name: string | null
}

/** Lists the relations of a model that have columns. */
export function listRelations(schema: PrismaSchema, model: PrismaModel): PrismaRelation[] {
  return model.fields.flatMap((field) => {
    const args = relationArgs(field)
    const fields = readNames(findArgument(args, 'fields'))
    if (!isRelation(schema, field) || fields.length === 0) return []
    const map = readString(findArgument(args, 'map'))
    return [{ model, field, fields, map, name: relationName(field) }]
  })
}

function relationArgs({ attributes }: PrismaField): string | null {
  return attributes.find(({ name }) => name === '@relation')?.args ?? null
}

/** Returns the name that tells a relation from others between the same models. */
export function relationName(field: PrismaField): string | null {
  const args = relationArgs(field)
  return readString(findArgument(args, null)) ?? readString(findArgument(args, 'name'))
}

/** Finds the field on the other side of a relation. */
export function oppositeOf(schema: PrismaSchema, { model, field, name }: PrismaRelation) {
  const target = schema.models.find((one) => one.name === field.type)
  const found = target?.fields.filter(
    (one) =>
      one.type === model.name &&
      one !== field &&
      relationName(one) === name &&
      findArgument(relationArgs(one), 'fields') === null,
  )
  if (found?.length !== 1)
    throw noEdit(`the other side of ${model.name}.${field.name} is not clear`)
  return found[0]
}

/** Returns the columns of fields, by their names. */
export function columnsOf(model: PrismaModel, names: readonly string[]): string[] {
  return names.map((name) => model.fields.find((one) => one.name === name)?.column ?? name)
}

/** Returns the name that Prisma gives to a constraint or index without `map`. */
export function defaultName(table: string, columns: readonly string[], suffix: string): string {
  return [table, ...columns, suffix].join('_')
}
