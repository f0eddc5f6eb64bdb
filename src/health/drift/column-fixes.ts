import type { CatalogColumn, CatalogTable } from '../../project/catalog/catalog.ts'
import type { Field } from '../../project/model.ts'
import type { FixEffect } from '../kit/fix-effect.ts'
import { toIdentifier, toQualified } from '../kit/identifiers.ts'
import type { TablePair } from './pair.ts'
import { toTypeSql } from './declared-types.ts'
import { parseDefault } from './parse-default.ts'

/** What to do about a difference: in words, and in SQL where a statement is safe. */
export interface Remedy {
  readonly hint: string
  readonly fix: string | null
  /** What the statements do to the table; null without statements. @default null */
  readonly effect?: FixEffect
}

const briefly: FixEffect = { lock: 'ACCESS EXCLUSIVE', rewrites: false }

const migrate = 'Write and apply a migration that adds the column, or remove the field'

/** Returns how to add a declared column, complete with its default, its generation and NOT NULL. */
export function addColumn(pair: TablePair, field: Field): Remedy {
  const { model, relation: table, catalog } = pair
  const generation = model.declared?.generation?.[field.column]
  const isSerial = /serial\d?$/i.test(field.type)
  const isFilled = generation !== undefined || isSerial
  const type = toTypeSql(field.type, catalog)
  const reason = whyNotAdded(pair, field, type)
  if (reason !== null) return { hint: `${migrate}. ${reason}`, fix: null }
  const parts = [
    `ALTER TABLE ${toQualified(table)} ADD COLUMN ${toIdentifier(field.column)} ${type}`,
    ...(field.default === null || isFilled ? [] : [`DEFAULT ${field.default}`]),
    ...(generation === undefined ? [] : [generation]),
    ...(field.nullable || isSerial ? [] : ['NOT NULL']),
  ]
  const rewrites = rewritesTable(pair, field, generation)
  const lock = rewrites
    ? 'It needs an ACCESS EXCLUSIVE lock and may rewrite the table, which blocks reads and writes until it is done'
    : 'It needs an ACCESS EXCLUSIVE lock for a moment and does not rewrite the table'
  return {
    hint: `${migrate}. ${lock}`,
    fix: `${parts.join(' ')};`,
    effect: { lock: 'ACCESS EXCLUSIVE', rewrites },
  }
}

// PostgreSQL writes each row anew if the value differs from row to row, or if a domain checks it.
function rewritesTable({ catalog }: TablePair, field: Field, generation: string | undefined) {
  if (/ VIRTUAL$/i.test(generation ?? '')) return false
  if (generation !== undefined || /serial\d?$/i.test(field.type)) return true
  const domain = catalog.domains.find(({ name }) => field.type.endsWith(name))
  const isChecked = domain !== undefined && (domain.notNull || domain.checks.length > 0)
  return isChecked || isVolatile(field.default)
}

function whyNotAdded({ model, relation: table }: TablePair, field: Field, type: string | null) {
  const { declared } = model
  const isFilled = declared?.generated.includes(field.column) ?? false
  if (!declared) return 'The model does not say which type the column has in SQL'
  if (table.kind === 'foreign')
    return `${table.name} is a foreign table: change the remote table too`
  if (table.partitionOf)
    return `Add it to ${table.partitionOf.name}, of which ${table.name} is a partition`
  if (type === null) return `Create the type ${field.type} first`
  if (field.primaryKey)
    return 'A new primary key needs a plan for the rows and the references that exist'
  if (isFilled && !declared.generation?.[field.column] && !/serial\d?$/i.test(field.type)) {
    return 'The model does not say how the database fills it'
  }
  if (!field.nullable && field.default === null && !isFilled) {
    return 'Existing rows have no value for a NOT NULL column without a default: add it as nullable, fill it, then set NOT NULL'
  }
  return null
}

// The value of a volatile function differs from row to row, so PostgreSQL writes each row anew.
function isVolatile(sql: string | null): boolean {
  if (sql === null) return false
  const node = parseDefault(sql)
  const isStable =
    node.kind === 'call' && /^(now|current_\w+|localtime\w*|transaction_timestamp)$/.test(node.name)
  return !isStable && (node.kind === 'call' || node.kind === 'expression')
}

/** Returns how to make a column NOT NULL without blocking writers while the table is read. */
export function setNotNull(table: CatalogTable, column: CatalogColumn): Remedy {
  const [name, target] = [toIdentifier(column.name), toQualified(table)]
  const set = `ALTER TABLE ${target} ALTER COLUMN ${name} SET NOT NULL;`
  const hint = 'Fill the rows in which the column is null, or declare it nullable'
  if (table.kind === 'foreign') {
    return {
      hint: `${hint}. ${table.name} is a foreign table: change the remote table too`,
      fix: null,
    }
  }
  if (table.checks.some((check) => check.isValidated && provesNotNull(check.definition, name))) {
    const lock =
      'A check proves it already: it needs an ACCESS EXCLUSIVE lock for a moment, and reads and rewrites nothing'
    return { hint: `${hint}. ${lock}`, fix: set, effect: briefly }
  }
  const check = toIdentifier(toFreeName(table, `${column.name}_not_null`))
  return {
    hint: `${hint}. Run each statement in its own transaction: VALIDATE reads the table under a SHARE UPDATE EXCLUSIVE lock, which blocks neither reads nor writes; the others need an ACCESS EXCLUSIVE lock for a moment. Nothing is rewritten`,
    fix: [
      `ALTER TABLE ${target} ADD CONSTRAINT ${check} CHECK (${name} IS NOT NULL) NOT VALID;`,
      `ALTER TABLE ${target} VALIDATE CONSTRAINT ${check};`,
      set,
      `ALTER TABLE ${target} DROP CONSTRAINT ${check};`,
    ].join('\n'),
    effect: briefly,
  }
}

function provesNotNull(definition: string, name: string): boolean {
  return definition === `CHECK ((${name} IS NOT NULL))`
}

// PostgreSQL 18 names its own constraints `<table>_<column>_not_null`, and cuts names after 63 bytes.
function toFreeName({ checks }: CatalogTable, wanted: string): string {
  const taken = new Set(checks.map(({ name }) => name))
  const base = `check_${wanted}`
  for (let number = 1; ; number++) {
    const name = cutBytes(base, 56) + (number === 1 ? '' : `_${number}`)
    if (!taken.has(name)) return name
  }
}

function cutBytes(text: string, limit: number): string {
  let cut = ''
  let bytes = 0
  for (const letter of text) {
    bytes += new TextEncoder().encode(letter).length
    if (bytes > limit) break
    cut += letter
  }
  return cut
}

/** Returns how to let a column be null, unless something else in the database demands a value. */
export function dropNotNull(table: CatalogTable, column: CatalogColumn): Remedy {
  const hint = 'Change the column in a migration, or declare it as required'
  const reason = table.primaryKey?.columns.includes(column.name)
    ? 'It is part of the primary key, which has no nulls'
    : column.identity
      ? 'An identity column has no nulls'
      : column.domain
        ? `Its domain ${column.domain.name} may forbid nulls`
        : table.partitionOf
          ? `Change ${table.partitionOf.name}, of which ${table.name} is a partition`
          : table.inherits.length > 0
            ? 'It may be inherited: change the parent table'
            : table.kind === 'foreign'
              ? `${table.name} is a foreign table: change the remote table too`
              : null
  if (reason !== null) return { hint: `${hint}. ${reason}`, fix: null }
  return {
    hint: `${hint}. It needs an ACCESS EXCLUSIVE lock for a moment; nothing is read or rewritten`,
    fix: `ALTER TABLE ${toQualified(table)} ALTER COLUMN ${toIdentifier(column.name)} DROP NOT NULL;`,
    effect: briefly,
  }
}
