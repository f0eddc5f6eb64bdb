import { quotePlainLiteral } from '../../lib/sql.ts'
import type { CatalogColumn, CatalogTable, CatalogView } from '../../project/catalog/catalog.ts'
import type { Field } from '../../project/model.ts'
import { toIdentifier, toQualified } from '../kit/identifiers.ts'
import { isOtherDefault } from './column-defaults.ts'
import type { DeclaredModel, Difference } from './difference.ts'
import { fitsZodType, matchSqlType } from './column-types.ts'

/** A declared model and the table or view that stores it. */
export interface Pair {
  readonly model: DeclaredModel
  readonly relation: CatalogTable | CatalogView
  /** Returns the declared model of this name, to which a relation of the model leads. */
  readonly modelOf: (name: string) => DeclaredModel | undefined
}

/** A pair whose relation is a table, so that keys, indexes and constraints can be compared. */
export interface TablePair extends Pair {
  readonly relation: CatalogTable
}

/** Returns true when the model is stored in a table, not in a view. */
export function isTablePair(pair: Pair): pair is TablePair {
  return pair.relation.kind !== 'view' && pair.relation.kind !== 'materialized'
}

/** Returns the column that stores a field. The column of a foreign key `author` may be called `author_id`. */
export function toColumnName({ model, relation }: Pair, field: Field): string {
  const has = (name: string) => relation.columns.some((column) => column.name === name)
  const isKey = model.relations.some(({ fields }) => fields.includes(field.name))
  return !has(field.column) && isKey && has(`${field.column}_id`)
    ? `${field.column}_id`
    : field.column
}

/** Compares fields with columns: presence and type, and for a table also nulls, keys and defaults. */
export function* compareColumns(pair: Pair): Iterable<Difference> {
  const { model, relation } = pair
  const columns = new Map(relation.columns.map((column) => [column.name, column]))
  for (const field of model.fields) {
    const name = toColumnName(pair, field)
    const column = columns.get(name)
    columns.delete(name)
    if (column) yield* compareColumn(pair, field, column)
    else yield toMissing(pair, field)
  }
  for (const column of columns.values()) yield toExtra(pair, column)
}

function about({ model, relation }: Pair, column: string) {
  return { model, schema: relation.schema, table: relation.name, columns: [column] }
}

function toMissing(pair: Pair, { column, type, nullable }: Field): Difference {
  const { model, relation } = pair
  return {
    ...about(pair, column),
    kind: 'missing_column',
    expected: { type, nullable },
    actual: null,
    message: `${model.name} declares ${column}, but ${relation.name} has no such column`,
    hint: 'Write and apply a migration that adds the column, or remove the field',
    fix: model.declared
      ? `ALTER TABLE ${toQualified(relation)} ADD COLUMN ${toIdentifier(column)} ${type}${nullable ? '' : ' NOT NULL'};`
      : null,
  }
}

function toExtra(pair: Pair, { name, type, notNull }: CatalogColumn): Difference {
  return {
    ...about(pair, name),
    kind: 'extra_column',
    expected: null,
    actual: { type, nullable: !notNull },
    message: `${pair.relation.name}.${name} is not declared on ${pair.model.name}`,
    hint: 'Declare the field, or drop the column',
  }
}

function* compareColumn(pair: Pair, field: Field, column: CatalogColumn): Iterable<Difference> {
  yield* compareTypes(pair, field, column)
  if (!isTablePair(pair)) return
  yield* compareNulls(pair, field, column)
  yield* compareKeys(pair, field, column)
  yield* compareDefaults(pair, field, column)
}

function* compareTypes(pair: Pair, field: Field, column: CatalogColumn): Iterable<Difference> {
  const { model, relation } = pair
  const type = toStoredType(pair, field)
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
    message: `${relation.name}.${column.name} is ${column.type}, but ${model.name} declares ${type}`,
    hint: 'Change the type of the column in a migration, or declare the type that it has',
    ...(match === 'related' ? { severity: 'info' } : {}),
  }
}

// A field that holds another model is stored as the key of that model.
function toStoredType({ model, modelOf }: Pair, field: Field): string {
  const reference = model.relations.find(({ fields }) => fields.includes(field.name))
  if (!reference || field.type !== 'object') return field.type
  return modelOf(reference.to)?.fields.find(({ primaryKey }) => primaryKey)?.type ?? 'unknown'
}

function* compareNulls(pair: TablePair, field: Field, column: CatalogColumn): Iterable<Difference> {
  const { model, relation: table } = pair
  const nullable = field.nullable && !field.primaryKey
  if (nullable === !column.notNull) return
  const action = nullable ? 'DROP' : 'SET'
  yield {
    ...about(pair, column.name),
    kind: 'nullability_mismatch',
    expected: { nullable },
    actual: { nullable: !column.notNull },
    message: nullable
      ? `${table.name}.${column.name} is NOT NULL, but ${model.name} declares it nullable`
      : `${table.name}.${column.name} may be null, but ${model.name} declares it required`,
    hint: 'Change the column in a migration, or change the model',
    fix: `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(column.name)} ${action} NOT NULL;`,
    severity: nullable ? 'warning' : 'danger',
  }
}

function* compareKeys(pair: TablePair, field: Field, column: CatalogColumn): Iterable<Difference> {
  const { model, relation: table } = pair
  const isKey = table.primaryKey?.columns.includes(column.name) ?? false
  if (isKey === field.primaryKey) return
  yield {
    ...about(pair, column.name),
    kind: 'pk_mismatch',
    expected: { is_primary_key: field.primaryKey },
    actual: { is_primary_key: isKey },
    message: isKey
      ? `${table.name}.${column.name} is part of the primary key, but ${model.name} does not declare it so`
      : `${table.name}.${column.name} is not part of the primary key, but ${model.name} declares that it is`,
    hint: 'Make the primary key and the model agree',
  }
}

function* compareDefaults(
  pair: TablePair,
  field: Field,
  column: CatalogColumn,
): Iterable<Difference> {
  const { model, relation: table } = pair
  const isFilled = isGenerated(column)
  const isDeclaredFilled = model.declared?.generated.includes(field.column) ?? isFilled
  const actual = isFilled ? null : column.default
  // a source that knows only fields, such as zod, fills in its defaults itself: only two different values contradict
  const isOther = model.declared
    ? isFilled !== isDeclaredFilled || (!isFilled && isOtherDefault(field.default, actual))
    : isContradicted(field.default, actual)
  if (!isOther) return
  const actualText = isFilled
    ? 'is generated by the database'
    : `has ${actual === null ? 'no default' : `the default ${actual}`}`
  const declaredText = isDeclaredFilled
    ? 'that the database generates it'
    : field.default === null
      ? 'no default'
      : `the default ${field.default}`
  yield {
    ...about(pair, column.name),
    kind: 'default_mismatch',
    expected: { default: field.default },
    actual: { default: column.default },
    message: `${table.name}.${column.name} ${actualText}, but ${model.name} declares ${declaredText}`,
    hint: 'Make the default of the column and of the model agree',
  }
}

function isGenerated({ identity, generated, default: fallback }: CatalogColumn): boolean {
  return identity !== null || generated !== null || (fallback?.startsWith('nextval(') ?? false)
}

function isContradicted(declared: string | null, actual: string | null): boolean {
  const isValue = actual !== null && /^('|[+-]?[\d.]|true|false)/.test(actual)
  return declared !== null && isValue && isOtherDefault(quotePlainLiteral(declared), actual)
}
