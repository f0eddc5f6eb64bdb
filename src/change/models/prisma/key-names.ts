import { findArgument, readString } from './attributes.ts'
import { withArgument } from './line-edits.ts'
import { columnsOf, defaultName, listRelations, type PrismaEdit } from './open-edit.ts'
import type { PrismaModel, PrismaSchema } from './parse-schema.ts'

/** A constraint or index of a model, with the attribute that stands for it. */
export interface PrismaKey {
  readonly kind: 'id' | 'unique' | 'index' | 'relation'
  readonly line: number
  /** Where its attribute begins. */
  readonly start: number
  readonly columns: readonly string[]
  /** Null where the name follows from the table and the columns. */
  readonly map: string | null
  /** True for an attribute of the whole model, which is alone on its line. */
  readonly isBlock: boolean
}

const suffixes = { id: 'pkey', unique: 'key', index: 'idx', relation: 'fkey' } as const

const kinds: Readonly<Record<string, PrismaKey['kind']>> = {
  '@@id': 'id',
  '@@unique': 'unique',
  '@@index': 'index',
  '@id': 'id',
  '@unique': 'unique',
}

/** Lists the constraints and indexes that a model declares. */
export function listPrismaKeys(schema: PrismaSchema, model: PrismaModel): PrismaKey[] {
  const readMap = (args: string | null) => readString(findArgument(args, 'map'))
  const blocks = model.attributes.flatMap(({ line, attribute, fields }): PrismaKey[] => {
    const kind = kinds[attribute.name]
    const columns = columnsOf(model, fields)
    const { start, args } = attribute
    return kind ? [{ kind, line, start, columns, map: readMap(args), isBlock: true }] : []
  })
  const own = model.fields.flatMap(({ line, column, attributes }) =>
    attributes.flatMap(({ name, start, args }): PrismaKey[] => {
      const kind = kinds[name]
      return kind
        ? [{ kind, line, start, columns: [column], map: readMap(args), isBlock: false }]
        : []
    }),
  )
  const relations = listRelations(schema, model).map(({ field, fields, map }): PrismaKey => {
    const start = field.attributes.find(({ name }) => name === '@relation')?.start ?? 0
    const columns = columnsOf(model, fields)
    return { kind: 'relation', line: field.line, start, columns, map, isBlock: false }
  })
  return [...blocks, ...own, ...relations]
}

/** Returns the name that a constraint or index has in the database. */
export function nameOfKey(model: Pick<PrismaModel, 'table'>, key: PrismaKey): string {
  const columns = key.kind === 'id' ? [] : key.columns
  return key.map ?? defaultName(model.table, columns, suffixes[key.kind])
}

/** Writes down the names of constraints and indexes that would follow a new name of the table or of a column. */
export function pinNames(
  { schema, edits }: PrismaEdit,
  model: PrismaModel,
  isRenamed: (key: PrismaKey) => boolean,
): void {
  const keys = listPrismaKeys(schema, model).filter((key) => key.map === null && isRenamed(key))
  // the last attribute of a line first, so that the places of the others stay
  for (const key of keys.toSorted((a, b) => b.start - a.start)) {
    const map = `map: ${JSON.stringify(nameOfKey(model, key))}`
    edits.replace(key.line, withArgument(edits.line(key.line), key.start, map))
  }
}
