import type { Sql } from 'postgres'
import { readGrants } from '../../src/health/kit/grants.ts'
import { inspect } from '../../src/health/kit/inspected.ts'
import type { Issue } from '../../src/health/kit/issue.ts'
import { lintCatalog } from '../../src/health/run-rules.ts'
import type { Catalog, CatalogStatistics } from '../../src/postgres.ts'
import { readCatalog } from '../../src/postgres.ts'
import type { DatabaseReader, Row } from '../../src/project/database.ts'

/** Reads inside the open transaction of a pool with one connection, so that what it changed is seen before it is rolled back. */
export function transactionReader(sql: Sql): DatabaseReader {
  return {
    async read<Name extends string>(selects: Readonly<Record<Name, string>>) {
      const answers = {} as Record<Name, readonly Row[]>
      await sql.unsafe('savepoint reading')
      for (const [name, select] of Object.entries(selects) as [Name, string][]) {
        answers[name] = (await sql.unsafe(select).values()) as unknown as readonly Row[]
      }
      await sql.unsafe('rollback to savepoint reading')
      return answers
    },
  }
}

/** Runs work in a transaction that is always rolled back. The pool must have one connection. */
export async function rolledBack<Result>(sql: Sql, work: () => Promise<Result>): Promise<Result> {
  await sql.unsafe('begin')
  try {
    return await work()
  } finally {
    await sql.unsafe('rollback')
  }
}

/** What the rules say about the database of an open transaction. */
export interface Findings {
  readonly catalog: Catalog
  readonly issues: readonly Issue[]
  readonly skipped: ReadonlyMap<string, string>
}

/** Reads the catalog and runs every rule. */
export async function lint(sql: Sql, statistics: CatalogStatistics | null): Promise<Findings> {
  const reader = transactionReader(sql)
  const catalog = await readCatalog(reader)
  const grants = await readGrants(reader, ['public'])
  const inspected = inspect(catalog, { statistics, grants, now: Date.now() })
  const { issues, skipped } = lintCatalog(inspected, { preset: 'all' })
  return { catalog, issues, skipped: new Map(skipped.map(({ rule, reason }) => [rule, reason])) }
}
