import type { Sql } from 'postgres'
import { compareModels } from '../../src/health/drift/compare-models.ts'
import type { DeclaredModel } from '../../src/health/drift/difference.ts'
import { toIdentifier, toQualified } from '../../src/health/kit/identifiers.ts'
import type { Issue } from '../../src/health/kit/issue.ts'
import type { Catalog, CatalogTable } from '../../src/postgres.ts'
import { databaseModels, readCatalog } from '../../src/postgres.ts'
import type { DeclaredTable } from '../../src/project/model.ts'
import { rolledBack, transactionReader } from './transaction.ts'

/** What came of the comparison of a schema with its own models. */
export interface DriftResult {
  /** Differences between models that were made from this very database and the database. Each is provably false. */
  readonly false: readonly Issue[]
  /** Changes that were made to a table and not found. */
  readonly missed: readonly string[]
  /** Statements that were run. */
  readonly run: number
  /** Statements after which the difference was still there, or another one. */
  readonly harmful: readonly string[]
  /** Differences with advice only. */
  readonly advice: number
}

/** Declares a table as the most talkative source could. */
function declare(table: CatalogTable): DeclaredTable {
  return {
    generated: table.columns
      .filter((column) => column.identity ?? column.generated ?? isSerial(column.default))
      .map(({ name }) => name),
    indexes: table.indexes
      .filter(
        ({ isPrimary, isValid, constraint, isUnique }) =>
          !isPrimary && isValid && (constraint === null || isUnique),
      )
      .map(({ keys, isUnique, nullsNotDistinct, method, predicate, include }) => ({
        columns: keys.map(({ column }) => column),
        unique: isUnique,
        nullsNotDistinct,
        method,
        partial: predicate !== null,
        predicate,
        keys,
        include,
      })),
    foreignKeys: table.foreignKeys.map(
      ({ columns, target, targetColumns, onDelete, onUpdate }) => ({
        columns,
        target: { schema: target.schema, table: target.name },
        targetColumns,
        onDelete,
        onUpdate,
      }),
    ),
  }
}

function isSerial(fallback: string | null): boolean {
  return fallback?.startsWith('nextval(') ?? false
}

/** Compares a schema with models made from it, unchanged and after a change to each of the first tables. */
export async function examineDrift(sql: Sql, catalog: Catalog): Promise<DriftResult> {
  const tables = catalog.tables.filter((table) => !table.partitionOf && !table.extension)
  const schemas = [...new Set(tables.map(({ schema }) => schema))]
  const read = await databaseModels({ schemas, exclude: [] }).read(transactionReader(sql))
  const models: DeclaredModel[] = read.map((model) => {
    const table = tables.find(({ schema, name }) => schema === model.schema && name === model.table)
    return { ...model, app: 'app', ...(table ? { declared: declare(table) } : {}) }
  })
  const unchanged = compareModels(models, catalog)
  const totals = { run: 0, advice: 0 }
  const missed: string[] = []
  const harmful: string[] = []
  for (const change of changesOf(tables)) {
    await rolledBack(sql, async () => {
      try {
        await sql.unsafe(change)
      } catch {
        return // something depends on the object: nothing has changed
      }
      const found = await compareAgain(sql, models, unchanged)
      if (found.length === 0) missed.push(change)
      for (const { fix, id } of found) {
        if (fix === null) {
          totals.advice++
          continue
        }
        totals.run++
        const problem = await mend(sql, fix, () => compareAgain(sql, models, unchanged), id)
        if (problem) harmful.push(`${change} -> ${fix}: ${problem}`)
      }
    })
  }
  return { false: unchanged, missed, harmful, ...totals }
}

async function compareAgain(
  sql: Sql,
  models: readonly DeclaredModel[],
  unchanged: readonly Issue[],
): Promise<readonly Issue[]> {
  const known = new Set(unchanged.map(({ id }) => id))
  const catalog = await readCatalog(transactionReader(sql))
  return compareModels(models, catalog).filter(({ id }) => !known.has(id))
}

// The table is empty, and the transaction is rolled back: without CONCURRENTLY the statements mean the same.
async function mend(
  sql: Sql,
  fix: string,
  compare: () => Promise<readonly Issue[]>,
  id: string,
): Promise<string | null> {
  await sql.unsafe('savepoint mending')
  try {
    await sql.unsafe(fix.replaceAll(' CONCURRENTLY', ''))
    const left = await compare()
    return left.some((issue) => issue.id === id) ? 'leaves the difference' : null
  } catch (error) {
    return (error as Error).message
  } finally {
    await sql.unsafe('rollback to savepoint mending')
  }
}

/** One change of each kind for some tables of a schema. */
function* changesOf(tables: readonly CatalogTable[]): Iterable<string> {
  const some = tables.filter(({ kind }) => kind === 'table')
  for (const table of some.filter((_, at) => at % Math.ceil(some.length / 6) === 0)) {
    const alter = `alter table ${toQualified(table)}`
    const key = table.primaryKey?.columns ?? []
    const index = table.indexes.find(({ constraint }) => constraint === null)
    const column = table.columns.findLast(({ name }) => !key.includes(name))
    const required = table.columns.find(({ name, notNull }) => notNull && !key.includes(name))
    const filled = table.columns.find(
      (one) => one.default !== null && !/^(nextval|NULL)/.test(one.default),
    )
    const [reference] = table.foreignKeys
    yield `${alter} add column truth_extra integer`
    if (index) yield `drop index ${toQualified({ schema: table.schema, name: index.name })}`
    if (column) yield `${alter} drop column ${toIdentifier(column.name)}`
    if (required) yield `${alter} alter column ${toIdentifier(required.name)} drop not null`
    if (filled) yield `${alter} alter column ${toIdentifier(filled.name)} drop default`
    if (reference) yield `${alter} drop constraint ${toIdentifier(reference.name)}`
  }
}
