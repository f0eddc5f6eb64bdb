import { StudioError } from '../../errors.ts'
import { isSecretName, toModelName } from '../names.ts'
import type { Field, Model } from '../project.ts'
import type { ModelSource } from '../source.ts'
import { type CatalogRows, catalogSelects } from './catalog.ts'
import { toRelations } from './relations.ts'
import { toMaxLength, toTypeScript } from './types.ts'

/** What `databaseModels` takes. */
export interface DatabaseModelsOptions {
  /** @default 'public' */
  schema?: string
  /** Model names by table, where the rule guesses wrong: `{ news: 'News' }`. */
  names?: Readonly<Record<string, string>>
  /** Tables that are nobody's model. @default ['aksara_migrations'] */
  exclude?: readonly string[]
  /** Which columns to keep from AI clients. @default those that by their name hold a password, secret, token or key */
  sensitive?: (table: string, column: string) => boolean
}

/** One table of the catalog with its name as a model; columns in their order. */
export interface CatalogTable {
  readonly oid: string
  readonly name: string
  readonly model: string
  readonly comment: string | null
  readonly columns: readonly CatalogRows['columns'][number][]
  readonly indexes: readonly CatalogRows['indexes'][number][]
  readonly references: readonly CatalogRows['references'][number][]
}

/**
 * Reads models out of a PostgreSQL schema: tables, columns, keys and relations, in one round trip and one snapshot.
 *
 * A table's model is the singular of its last word in PascalCase (`users` → `User`); `names` overrides, and tables that
 * would share a name keep their own. SELECT on nothing is needed: the catalogs are open to every role.
 */
export function databaseModels(options: DatabaseModelsOptions = {}): ModelSource {
  const { schema = 'public', names = {}, exclude = ['aksara_migrations'] } = options
  const { sensitive = (_table, column) => isSecretName(column) } = options
  const selects = catalogSelects(schema)
  return {
    isLive: true,
    async read(database) {
      if (!database) throw new StudioError('unavailable', 'no database is configured')
      const rows = (await database.read(selects)) as unknown as CatalogRows
      if (rows.schema.length === 0) {
        throw new StudioError('unavailable', `the schema "${schema}" does not exist`)
      }
      return toModels(rows, { schema, names, exclude, sensitive })
    },
  }
}

function toModels(
  rows: CatalogRows,
  { schema, names, exclude, sensitive }: Required<DatabaseModelsOptions>,
): Model[] {
  const listed = rows.tables.filter(([, name]) => !exclude.includes(name))
  const nameOf = nameTables(
    listed.map(([, name]) => name),
    names,
  )
  const columns = groupByTable(rows.columns)
  const indexes = groupByTable(rows.indexes)
  const references = groupByTable(rows.references)
  const tables = listed.map(([oid, name, comment]): CatalogTable => ({
    oid,
    name,
    model: nameOf(name),
    comment,
    columns: (columns.get(oid) ?? []).sort(([, a], [, b]) => a - b),
    indexes: indexes.get(oid) ?? [],
    references: references.get(oid) ?? [],
  }))
  const toFields = fieldReader(rows.types, sensitive)
  const relations = toRelations(tables, nameOf)
  return tables.map((table) => ({
    name: table.model,
    table: table.name,
    schema,
    description: table.comment,
    fields: toFields(table),
    relations: relations.get(table.oid) ?? [],
  }))
}

/** Answers the rule's name for tables that are not listed too: a foreign key may lead out of the schema. */
function nameTables(
  tables: readonly string[],
  names: Readonly<Record<string, string>>,
): (table: string) => string {
  const guess = (table: string) => names[table] ?? (toModelName(table) || table)
  const counts = new Map<string, number>()
  for (const table of tables) counts.set(guess(table), (counts.get(guess(table)) ?? 0) + 1)
  return (table) => names[table] ?? ((counts.get(guess(table)) ?? 0) > 1 ? table : guess(table))
}

/** Reads the fields of a table; what is equal for all columns of a type or table is worked out once. */
function fieldReader(
  types: CatalogRows['types'],
  sensitive: (table: string, column: string) => boolean,
): (table: CatalogTable) => Field[] {
  const known = new Map(
    types.map(([type, modifier, text, base, baseModifier, isArray, labels]) => [
      `${type} ${modifier}`,
      {
        type: text,
        tsType: toTypeScript(base, isArray, labels ? (JSON.parse(labels) as string[]) : []),
        maxLength: isArray ? null : toMaxLength(base, baseModifier),
      },
    ]),
  )
  return ({ name: table, columns, indexes }) => {
    const { primary, unique, first } = toKeys(indexes)
    return columns.map(([, position, name, type, modifier, notNull, fallback, comment]) => {
      const facts = known.get(`${type} ${modifier}`)
      return {
        name,
        column: name,
        type: facts?.type ?? 'unknown',
        tsType: facts?.tsType ?? 'unknown',
        nullable: !notNull,
        primaryKey: primary.has(position),
        unique: unique.has(position),
        indexed: first.has(position),
        default: fallback,
        maxLength: facts?.maxLength ?? null,
        description: comment,
        sensitive: sensitive(table, name),
      }
    })
  }
}

/** Columns, by position, that are in the primary key, unique by themselves, or the first of an index. */
function toKeys(indexes: CatalogTable['indexes']) {
  const [primary, unique, first] = [new Set<number>(), new Set<number>(), new Set<number>()]
  for (const [, columns, count, isUnique, isPrimary] of indexes) {
    const key = columns.split(' ').slice(0, count).map(Number)
    if (isPrimary) key.forEach((position) => primary.add(position))
    if (isUnique && key.length === 1) key.forEach((position) => unique.add(position))
    key.slice(0, 1).forEach((position) => first.add(position))
  }
  return { primary, unique, first }
}

function groupByTable<R extends readonly [table: string, ...rest: unknown[]]>(
  rows: readonly R[],
): Map<string, R[]> {
  const groups = new Map<string, R[]>()
  for (const row of rows) {
    const group = groups.get(row[0])
    if (group) group.push(row)
    else groups.set(row[0], [row])
  }
  return groups
}
