import { mapSteps, type Steps } from '../../../lib/steps/turns.ts'
import type { Catalog, CatalogFunction, CatalogSequence } from '../../catalog/catalog.ts'
import { compareText } from '../../../lib/text.ts'
import { columnRecords } from './columns.ts'
import {
  byName,
  byObjectName,
  commentFinder,
  extensionFinder,
  groupRows,
  toTexts,
} from './lookup.ts'
import type { CatalogRows, FunctionRow, SequenceRow } from './rows.ts'

type Types = Pick<Catalog, 'enums' | 'domains' | 'composites'>

/** Builds enums, domains and composite types from their rows. */
export function toUserTypes(rows: CatalogRows): Types {
  const extensionOf = extensionFinder(rows.members)
  const used = new Set(rows.types.map(([, , , , baseOid]) => baseOid))
  const checksOf = groupRows(rows.domainChecks)
  return {
    enums: rows.enums
      .filter(([oid, , , isChosen]) => isChosen || used.has(oid))
      .map(([oid, schema, name, , labels, comment]) => ({
        schema,
        name,
        labels: toTexts(labels),
        comment,
        extension: extensionOf('pg_type', oid),
      }))
      .sort(byObjectName),
    domains: rows.domains
      .map(([oid, schema, name, type, notNull, fallback, comment]) => ({
        schema,
        name,
        type,
        notNull,
        default: fallback,
        checks: checksOf(oid)
          .map(([, check, definition, isValidated]) => ({ name: check, definition, isValidated }))
          .sort(byName),
        comment,
        extension: extensionOf('pg_type', oid),
      }))
      .sort(byObjectName),
    composites: toComposites(rows, extensionOf),
  }
}

function toComposites(
  rows: CatalogRows,
  extensionOf: ReturnType<typeof extensionFinder>,
): Types['composites'] {
  const columnsOf = columnRecords(rows)
  const types = new Map(rows.types.map(([type, text]) => [type, text]))
  return rows.composites
    .map(([oid, relation, schema, name, comment]) => ({
      schema,
      name,
      attributes: columnsOf(relation).map((attribute) => ({
        name: attribute.name,
        type: types.get(attribute.type) ?? 'unknown',
      })),
      comment,
      extension: extensionOf('pg_type', oid),
    }))
    .sort(byObjectName)
}

/** Builds the sequences from their rows, in steps. */
export function* toSequences(rows: CatalogRows): Steps<CatalogSequence[]> {
  const commentOf = commentFinder(rows.comments)
  const extensionOf = extensionFinder(rows.members)
  const toSequence = (row: SequenceRow): CatalogSequence => {
    const [oid, schema, name, type, start, increment, minimum, maximum, cycles] = row
    return {
      schema,
      name,
      type,
      start,
      increment,
      minimum,
      maximum,
      cycles,
      ownedBy: toOwner(row),
      comment: commentOf(oid, 0),
      extension: extensionOf('pg_class', oid),
    }
  }
  yield
  const sequences = yield* mapSteps(rows.sequences, toSequence)
  return sequences.sort(byObjectName)
}

function toOwner(row: SequenceRow): CatalogSequence['ownedBy'] {
  const [, , , , , , , , , ownership, schema, table, column] = row
  if (schema === null || table === null || column === null) return null
  return { schema, table, column, isIdentity: ownership === 'i' }
}

/** The kinds of routines by `pg_proc.prokind`. */
const routineKinds: Readonly<Record<string, CatalogFunction['kind']>> = {
  f: 'function',
  p: 'procedure',
  a: 'aggregate',
  w: 'window',
}

/** The volatility of routines by `pg_proc.provolatile`. */
const volatilities: Readonly<Record<string, CatalogFunction['volatility']>> = {
  i: 'immutable',
  s: 'stable',
  v: 'volatile',
}

/** Builds the routines from their rows; overloads are sorted by arguments. */
export function toFunctions(rows: CatalogRows): CatalogFunction[] {
  const extensionOf = extensionFinder(rows.members)
  const toFunction = (row: FunctionRow): CatalogFunction => {
    const [oid, schema, name, kind, identity, returns, language, volatility] = row
    const [, , , , , , , , isSecurityDefiner, settings, owner, comment, hasBoundBody] = row
    return {
      schema,
      name,
      kind: routineKinds[kind] ?? 'function',
      arguments: identity,
      returns,
      language,
      volatility: volatilities[volatility] ?? 'volatile',
      isSecurityDefiner,
      hasBoundBody,
      settings: toTexts(settings),
      owner,
      comment,
      extension: extensionOf('pg_proc', oid),
    }
  }
  const byArguments = (a: CatalogFunction, b: CatalogFunction) =>
    byObjectName(a, b) || compareText(a.arguments, b.arguments)
  return rows.functions.map(toFunction).sort(byArguments)
}
