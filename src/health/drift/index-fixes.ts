import { quoteIdentifier } from '../../lib/sql.ts'
import type { DeclaredIndex } from '../../project/model.ts'
import { toIdentifier, toIdentifiers, toQualified } from '../kit/identifiers.ts'
import type { Remedy } from './column-fixes.ts'
import type { TablePair } from './pair.ts'

const migrate = 'Write and apply a migration that adds the index'

// Base types without an operator class for B-trees.
const unordered: ReadonlySet<string> = new Set(
  'json xml point line lseg box path polygon circle aclitem jsonpath'.split(' '),
)

/** Returns how to create a declared index that the table lacks. */
export function createIndex(pair: TablePair, index: DeclaredIndex): Remedy {
  const reason = whyNotCreated(pair, index)
  if (reason !== null) return { hint: `${migrate}. ${reason}`, fix: null }
  const { relation: table } = pair
  // PostgreSQL cannot index a partitioned table concurrently
  const isPartitioned = table.kind === 'partitioned'
  const lock = isPartitioned
    ? 'It takes a SHARE lock on the table and its partitions, which blocks writes while the index is built'
    : 'It takes a SHARE UPDATE EXCLUSIVE lock, which blocks neither reads nor writes, reads the table twice, and cannot run in a transaction'
  const duplicates = index.unique ? '. Rows that are equal in these columns make it fail' : ''
  const option = isPartitioned ? '' : ' CONCURRENTLY'
  const parts = [
    `CREATE ${index.unique ? 'UNIQUE ' : ''}INDEX${option} ON ${toQualified(table)}`,
    ...(index.method === 'btree' ? [] : [`USING ${toIdentifier(index.method)}`]),
    `(${toKeys(index).join(', ')})`,
    ...(index.include?.length ? [`INCLUDE (${toIdentifiers(index.include)})`] : []),
    ...(index.nullsNotDistinct ? ['NULLS NOT DISTINCT'] : []),
    ...(index.predicate ? [`WHERE ${index.predicate}`] : []),
  ]
  return {
    hint: `${migrate}. ${lock}${duplicates}. It does not rewrite the table`,
    fix: `${parts.join(' ')};`,
    effect: { lock: isPartitioned ? 'SHARE' : 'SHARE UPDATE EXCLUSIVE', rewrites: false },
  }
}

function toKeys({ columns, keys = [] }: DeclaredIndex): string[] {
  return columns.map((column, position) => {
    const key = keys[position]
    const parts = [column === null ? `(${key?.expression})` : toIdentifier(column)]
    if (key?.collation)
      parts.push(`COLLATE ${key.collation.split('.').map(toIdentifier).join('.')}`)
    if (key?.operatorClass) parts.push(key.operatorClass)
    if (key?.isDescending) parts.push('DESC')
    if (key && key.nullsFirst !== key.isDescending) {
      parts.push(key.nullsFirst ? 'NULLS FIRST' : 'NULLS LAST')
    }
    return parts.join(' ')
  })
}

function whyNotCreated(pair: TablePair, index: DeclaredIndex) {
  const { relation: table, catalog } = pair
  const { columns, keys = [], unique, nullsNotDistinct, partial, predicate, method } = index
  const found = columns.map((name) => table.columns.find((column) => column.name === name))
  if (namesMissingColumn(pair, index)) return 'Add the column first'
  if (table.kind === 'foreign') return `${table.name} is a foreign table: index the remote table`
  if (columns.some((name, at) => name === null && !keys[at]?.expression)) {
    return 'The model does not say which expression it indexes'
  }
  if (partial && !predicate) return 'The model does not say which rows it covers'
  if (nullsNotDistinct && catalog.serverVersion < 150_000) {
    return 'NULLS NOT DISTINCT needs PostgreSQL 15'
  }
  if (method === 'btree' && found.some((column) => column && unordered.has(column.baseType))) {
    return 'The type of the column has no order: index an expression instead'
  }
  if (found.some((column) => column?.generated?.kind === 'virtual')) {
    return 'A virtual column cannot be indexed: index its expression'
  }
  if (unique && table.partitionKey && !includesPartitionKey(table.partitionKey, columns)) {
    return 'A unique index of a partitioned table must have the columns of the partition key'
  }
  return table.indexes.some((one) => !one.isValid && isOver(one.keys, columns))
    ? 'An index over these columns exists but is invalid: rebuild it or drop it'
    : null
}

// The condition, an expression or the INCLUDE clause may name a column too that the table still lacks.
function namesMissingColumn(
  { model, relation: table }: TablePair,
  { columns, include = [], keys = [], predicate }: DeclaredIndex,
): boolean {
  const isMissing = (name: string | null) =>
    name !== null && !table.columns.some((column) => column.name === name)
  if ([...columns, ...include].some(isMissing)) return true
  const text = [predicate, ...keys.map(({ expression }) => expression)].join(' ')
  const words = new Set(text.match(/"(?:[^"]|"")+"|[\w$]+/g) ?? [])
  const missing = model.fields.filter(({ column }) => isMissing(column))
  return missing.some(({ column }) => words.has(column) || words.has(quoteIdentifier(column)))
}

function isOver(
  keys: readonly { readonly column: string | null }[],
  columns: DeclaredIndex['columns'],
) {
  return keys.length === columns.length && keys.every(({ column }, at) => column === columns[at])
}

// The key is printed as `RANGE (created_at, id)`; an expression in it is in no index.
function includesPartitionKey(partitionKey: string, columns: DeclaredIndex['columns']): boolean {
  const inner = partitionKey.slice(partitionKey.indexOf('(') + 1, -1)
  const names = new Set(columns.map((name) => name && toIdentifier(name)))
  return inner.split(', ').every((part) => names.has(part) || names.has(part.split(' ')[0] ?? ''))
}
