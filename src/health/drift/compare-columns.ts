import type { CatalogColumn } from '../../project/catalog/catalog.ts'
import type { Field } from '../../project/model.ts'
import { isOtherDefault, isOtherScriptValue } from './column-defaults.ts'
import { addColumn, dropNotNull, setNotNull } from './column-fixes.ts'
import type { Difference } from './difference.ts'
import { isTablePair, type Pair, type TablePair, toColumnName } from './pair.ts'
import { fitsZodType, matchSqlType } from './column-types.ts'

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

function toMissing(pair: Pair, field: Field): Difference {
  const { model, relation } = pair
  const { column, type, nullable } = field
  return {
    ...about(pair, column),
    kind: 'missing_column',
    expected: { type, nullable },
    actual: null,
    message: `${model.name} declares ${column}, but ${relation.name} has no such column`,
    ...(isTablePair(pair) ? addColumn(pair, field) : viewRemedy),
  }
}

const viewRemedy = { hint: 'Write and apply a migration that defines the view anew', fix: null }

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
  yield {
    ...about(pair, column.name),
    kind: 'nullability_mismatch',
    expected: { nullable },
    actual: { nullable: !column.notNull },
    message: nullable
      ? `${table.name}.${column.name} is NOT NULL, but ${model.name} declares it nullable`
      : `${table.name}.${column.name} may be null, but ${model.name} declares it required`,
    ...(nullable ? dropNotNull(table, column) : setNotNull(table, column)),
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
  if (!isOtherFilling(pair, field, column)) return
  const isDeclaredFilled = model.declared?.generated.includes(field.column) ?? false
  const actualText = isFilledByServer(column)
    ? 'is generated by the database'
    : `has ${column.default === null ? 'no default' : `the default ${column.default}`}`
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

function isOtherFilling({ model }: TablePair, field: Field, column: CatalogColumn): boolean {
  const isFilled = isFilledByServer(column)
  if (!model.declared) {
    // a source that knows only fields, such as zod, fills in its defaults itself: only two different values contradict
    if (isFilled || field.default === null || column.default === null) return false
    return isOtherScriptValue(field.default, column.default, column)
  }
  if (model.declared.generated.includes(field.column)) return !isFilled
  if (!isFilled) return isOtherDefault(field.default, column.default, column)
  // a sequence can be named as a default, in more ways than can be compared
  return !(isSequenceDefault(column.default) && isSequenceDefault(field.default))
}

function isFilledByServer({ identity, generated, default: fallback }: CatalogColumn): boolean {
  return identity !== null || generated !== null || isSequenceDefault(fallback)
}

function isSequenceDefault(sql: string | null): boolean {
  return sql !== null && /^\s*(pg_catalog\.)?nextval\s*\(/i.test(sql)
}
