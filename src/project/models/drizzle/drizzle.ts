import {
  readDrizzleTable,
  type DrizzleColumn,
  type DrizzleForeignKey,
  type DrizzleTable,
} from './table.ts'
import { isSecretName } from '../../../lib/secret-names.ts'
import { toModelName } from '../names.ts'
import type { DeclaredTable, Field, Model, Relation } from '../../model.ts'
import type { ModelSource } from '../../source.ts'

/** Options of `drizzleModels`; each has a default. */
export interface DrizzleModelsOptions {
  /** The `casing` option of the database object, which names columns that have no explicit name. @default none */
  casing?: 'snake_case' | 'camelCase'
  /** Model names by table, for tables whose derived name is wrong: `{ news: 'News' }`. */
  names?: Readonly<Record<string, string>>
  /** Returns true for columns to hide from AI clients. @default columns that may hold a secret by name, table and type */
  sensitive?: (table: string, column: string) => boolean
}

/**
 * Creates models from Drizzle's PostgreSQL tables, of versions 0.x and 1.x. Other exports of a schema module are ignored, so
 * the argument can be the result of `import * as schema`. The declaration is complete: a type, key, index or default that
 * only the database has is drift.
 *
 * @throws TypeError when none of the values is a table.
 */
export function drizzleModels(
  tables: Readonly<Record<string, unknown>>,
  options: DrizzleModelsOptions = {},
): ModelSource {
  const { names = {}, sensitive } = options
  const read = Object.values(tables).flatMap(
    (value) => readDrizzleTable(value, options.casing) ?? [],
  )
  if (read.length === 0) throw new TypeError('None of the values is a Drizzle table')
  const nameOf = (table: string) => names[table] ?? (toModelName(table) || table)
  const models = read.map((table) => toModel(table, nameOf, sensitive))
  return {
    names: models.map(({ name }) => name),
    tableSchemas: models.map(({ schema }) => schema ?? 'public'),
    read: async () => models,
  }
}

function toModel(
  table: DrizzleTable,
  nameOf: (table: string) => string,
  sensitive: DrizzleModelsOptions['sensitive'],
): Model {
  return {
    name: nameOf(table.name),
    table: table.name,
    schema: table.schema,
    description: null,
    fields: table.columns.map((column) => ({
      ...toField(table, column),
      sensitive: sensitive
        ? sensitive(table.name, column.column)
        : isSecretColumn(table.name, column),
    })),
    relations: table.foreignKeys.map((key) => toRelation(table, key, nameOf)),
    declared: toDeclared(table),
  }
}

function isSecretColumn(table: string, { key, column, type }: DrizzleColumn): boolean {
  return isSecretName(column, { table, type }) || isSecretName(key, { table, type })
}

function toField(
  { primaryKey, indexes }: DrizzleTable,
  column: DrizzleColumn,
): Omit<Field, 'sensitive'> {
  const isKey = primaryKey.includes(column.column)
  const isOnly = (columns: readonly (string | null)[]) =>
    columns.length === 1 && columns[0] === column.column
  const unique = indexes.some((index) => index.unique && !index.partial && isOnly(index.columns))
  return {
    name: column.key,
    column: column.column,
    type: column.type,
    tsType: column.tsType,
    nullable: !column.notNull && !isKey,
    primaryKey: isKey,
    unique: unique || isOnly(primaryKey.length === 1 && isKey ? primaryKey : []),
    indexed:
      indexes.some(({ columns }) => columns[0] === column.column) ||
      primaryKey[0] === column.column,
    default: column.default,
    maxLength: column.maxLength,
    description: null,
    ...(column.isGenerated ? { generated: toGenerated(column) } : {}),
  }
}

function toGenerated({ generation }: DrizzleColumn): Field['generated'] {
  return generation?.startsWith('GENERATED ALWAYS') ? 'always' : 'by default'
}

function toRelation(
  { columns, indexes, primaryKey }: DrizzleTable,
  key: DrizzleForeignKey,
  nameOf: (table: string) => string,
): Relation {
  const keyColumns = columns.filter(({ column }) => key.columns.includes(column))
  const [only, ...more] = keyColumns
  const isSame = (names: readonly (string | null)[]) =>
    names.length === key.columns.length && key.columns.every((name) => names.includes(name))
  return {
    name: only && more.length === 0 ? only.key.replace(/(_id|Id)$/, '') : key.columns.join('_'),
    type: 'foreign_key',
    to: nameOf(key.target.table),
    through: null,
    fields: keyColumns.map((column) => column.key),
    onDelete: key.onDelete,
    nullable: keyColumns.some(({ notNull, column }) => !notNull && !primaryKey.includes(column)),
    unique: isSame(primaryKey) || indexes.some((index) => index.unique && isSame(index.columns)),
  }
}

/** A Drizzle table without an explicit action uses the default of SQL, `NO ACTION`. */
function toDeclared({ columns, indexes, foreignKeys }: DrizzleTable): DeclaredTable {
  return {
    generated: columns.filter(({ isGenerated }) => isGenerated).map(({ column }) => column),
    generation: Object.fromEntries(
      columns.flatMap(({ column, generation }) => (generation ? [[column, generation]] : [])),
    ),
    indexes,
    foreignKeys: foreignKeys.map((key) => ({
      ...key,
      onDelete: key.onDelete ?? 'NO ACTION',
      onUpdate: key.onUpdate ?? 'NO ACTION',
    })),
  }
}
