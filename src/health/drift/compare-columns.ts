import { quotePlainLiteral } from '../../lib/sql.ts'
import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import type { Field } from '../../project/model.ts'
import { toIdentifier, toQualified } from '../kit/identifiers.ts'
import { isOtherDefault } from './column-defaults.ts'
import type { DeclaredModel, Difference } from './difference.ts'
import { fitsZodType, matchSqlType } from './column-types.ts'

/** A model beside the table, or view, it stands for. */
export interface Pair {
  readonly model: DeclaredModel
  /** Keys, indexes and constraints are empty for a view. */
  readonly table: CatalogTable
  readonly isView: boolean
  /** Finds the model a relation leads to. */
  readonly modelOf: (name: string) => DeclaredModel | undefined
}

/** Names the column a field is kept in: a foreign key `author` may be kept in `author_id`. */
export function toColumnName({ model, table }: Pair, field: Field): string {
  const has = (name: string) => table.columns.some((column) => column.name === name)
  const isKey = model.relations.some(({ fields }) => fields.includes(field.name))
  return !has(field.column) && isKey && has(`${field.column}_id`)
    ? `${field.column}_id`
    : field.column
}

/** Compares fields with columns: which there are, their types, nulls, keys and defaults. */
export function* compareColumns(pair: Pair): Iterable<Difference> {
  const { model, table } = pair
  const columns = new Map(table.columns.map((column) => [column.name, column]))
  for (const field of model.fields) {
    const name = toColumnName(pair, field)
    const column = columns.get(name)
    columns.delete(name)
    if (column) yield* compareColumn(pair, field, column)
    else yield toMissing(pair, field)
  }
  for (const column of columns.values()) yield toExtra(pair, column)
}

function about({ model, table }: Pair, column: string) {
  return { model, schema: table.schema, table: table.name, columns: [column] }
}

function toMissing(pair: Pair, { column, type, nullable }: Field): Difference {
  const { model, table } = pair
  return {
    ...about(pair, column),
    kind: 'missing_column',
    expected: { type, nullable },
    actual: null,
    message: `${model.name} declares ${column}, but ${table.name} has no such column`,
    hint: 'Write and apply a migration that adds the column, or take the field away',
    fix: model.declared
      ? `ALTER TABLE ${toQualified(table)} ADD COLUMN ${toIdentifier(column)} ${type}${nullable ? '' : ' NOT NULL'};`
      : null,
  }
}

function toExtra(pair: Pair, { name, type, notNull }: CatalogColumn): Difference {
  return {
    ...about(pair, name),
    kind: 'extra_column',
    expected: null,
    actual: { type, nullable: !notNull },
    message: `${pair.table.name}.${name} is not declared on ${pair.model.name}`,
    hint: 'Declare the field, or drop the column',
  }
}

function* compareColumn(pair: Pair, field: Field, column: CatalogColumn): Iterable<Difference> {
  yield* compareTypes(pair, field, column)
  if (pair.isView) return
  yield* compareNulls(pair, field, column)
  yield* compareKeys(pair, field, column)
  yield* compareDefaults(pair, field, column)
}

/** A field that is another model has the type of that model's key. */
function* compareTypes(pair: Pair, field: Field, column: CatalogColumn): Iterable<Difference> {
  const { model, modelOf, table } = pair
  const relation = model.relations.find(({ fields }) => fields.includes(field.name))
  const keys = relation ? (modelOf(relation.to)?.fields ?? []).filter((one) => one.primaryKey) : []
  const isObject = relation !== undefined && field.type === 'object'
  const type = isObject ? (keys[0]?.type ?? 'unknown') : field.type
  const match = model.declared
    ? matchSqlType(type, column)
    : fitsZodType(type, column)
      ? 'same'
      : 'different'
  if (match === 'same') return
  yield {
    ...about(pair, column.name),
    kind: 'type_mismatch',
    expected: { type },
    actual: { type: column.type },
    message: `${table.name}.${column.name} is ${column.type}, but ${model.name} declares ${type}`,
    hint: 'Change the type by a migration, or declare the type the column has',
    ...(match === 'related' ? { severity: 'info' } : {}),
  }
}

function* compareNulls(pair: Pair, field: Field, column: CatalogColumn): Iterable<Difference> {
  const { model, table } = pair
  const nullable = field.nullable && !field.primaryKey
  if (nullable === !column.notNull) return
  const action = nullable ? 'DROP' : 'SET'
  yield {
    ...about(pair, column.name),
    kind: 'nullability_mismatch',
    expected: { nullable },
    actual: { nullable: !column.notNull },
    message: nullable
      ? `${table.name}.${column.name} must not be null, but ${model.name} lets it be`
      : `${table.name}.${column.name} may be null, but ${model.name} says it never is`,
    hint: 'Change the column by a migration, or what the model says',
    fix: `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(column.name)} ${action} NOT NULL;`,
    severity: nullable ? 'warning' : 'danger',
  }
}

function* compareKeys(pair: Pair, field: Field, column: CatalogColumn): Iterable<Difference> {
  const { model, table } = pair
  const isKey = table.primaryKey?.columns.includes(column.name) ?? false
  if (isKey === field.primaryKey) return
  yield {
    ...about(pair, column.name),
    kind: 'pk_mismatch',
    expected: { is_primary_key: field.primaryKey },
    actual: { is_primary_key: isKey },
    message: isKey
      ? `${table.name}.${column.name} is in the primary key, but ${model.name} does not say so`
      : `${table.name}.${column.name} is not in the primary key, but ${model.name} says so`,
    hint: 'Let the primary key and the model agree',
  }
}

/** A source that knows fields alone fills in its defaults itself: only two values that differ are a contradiction. */
function* compareDefaults(pair: Pair, field: Field, column: CatalogColumn): Iterable<Difference> {
  const { model, table } = pair
  const isFilled = isGenerated(column)
  const isDeclaredFilled = model.declared?.generated.includes(field.column) ?? isFilled
  const actual = isFilled ? null : column.default
  const isOther = model.declared
    ? isFilled !== isDeclaredFilled || (!isFilled && isOtherDefault(field.default, actual))
    : isContradicted(field.default, actual)
  if (!isOther) return
  const has = isFilled ? 'is filled by the database' : `has the default ${actual ?? 'null'}`
  const says = isDeclaredFilled ? 'that it is filled by the database' : (field.default ?? 'none')
  yield {
    ...about(pair, column.name),
    kind: 'default_mismatch',
    expected: { default: field.default },
    actual: { default: column.default },
    message: `${table.name}.${column.name} ${has}, but ${model.name} declares ${says}`,
    hint: 'Let the default of the column and of the model agree',
  }
}

function isGenerated({ identity, generated, default: fallback }: CatalogColumn): boolean {
  return identity !== null || generated !== null || (fallback?.startsWith('nextval(') ?? false)
}

function isContradicted(declared: string | null, actual: string | null): boolean {
  const isValue = actual !== null && /^('|[+-]?[\d.]|true|false)/.test(actual)
  return declared !== null && isValue && isOtherDefault(quotePlainLiteral(declared), actual)
}
