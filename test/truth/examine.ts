import postgres, { type Sql } from 'postgres'
import type { Issue } from '../../src/health/kit/issue.ts'
import { toPath } from '../../src/health/kit/issue.ts'
import { postgresDatabase, readStatistics } from '../../src/postgres.ts'
import type { PostgresServer } from '../support/postgres.ts'
import { type DriftResult, examineDrift } from './drift.ts'
import { inTransaction, type Outcome, readBefore, type Sandbox, tryFixes } from './fixes.ts'
import { askDatabase } from './questions.ts'
import { NotInstalled, type RealSchema } from './real-schema.ts'
import { lint, rolledBack } from './transaction.ts'

/** What was found out about one schema. */
export interface Examined {
  readonly schema: RealSchema
  /** Why it could not be loaded; then everything else is empty. */
  readonly missing: string | null
  readonly tables: number
  readonly issues: readonly Issue[]
  readonly skipped: ReadonlyMap<string, string>
  /** Rules that were also asked in SQL, with the objects on which both disagree. */
  readonly asked: ReadonlyMap<
    string,
    { readonly ours: readonly string[]; readonly theirs: readonly string[] }
  >
  readonly outcomes: readonly Outcome[]
  readonly drift: DriftResult | null
}

const nothing = {
  missing: null,
  tables: 0,
  issues: [],
  skipped: new Map(),
  asked: new Map(),
  outcomes: [],
  drift: null,
}

/** Lets a server that is thrown away afterwards write without waiting for the disk. */
export async function trustNoCrash(server: PostgresServer): Promise<void> {
  await administer(server, 'alter system set fsync = off')
  await administer(server, 'alter system set full_page_writes = off')
  await administer(server, 'select pg_reload_conf()')
}

/** Loads a schema into a database of its own and examines everything. */
export async function examine(server: PostgresServer, schema: RealSchema): Promise<Examined> {
  const name = `truth_${schema.name.replaceAll(/\W+/g, '_').toLowerCase()}`
  await administer(server, `create database ${name}`)
  const missing = await load(server, name, schema)
  if (missing !== null) return { ...nothing, schema, missing }
  const sql = open(server, name)
  const statistics = await readStatistics(postgresDatabase(sql))
  const { catalog, issues, skipped } = await rolledBack(sql, () => lint(sql, statistics))
  const asked = compare(await askDatabase(sql), issues, skipped)
  const before = await rolledBack(sql, () => readBefore(sql, issues, statistics))
  const fixable = issues.filter(({ fix }) => fix !== null)
  const isConcurrent = ({ fix }: Issue) => fix?.includes('CONCURRENTLY') === true
  const inside = await tryFixes(
    inTransaction(sql),
    fixable.filter((issue) => !isConcurrent(issue)),
    before,
  )
  const drift = await rolledBack(sql, () => examineDrift(sql, catalog))
  await sql.end()
  const outside = await tryFixes(inCopy(server, name), fixable.filter(isConcurrent), before)
  const tables = catalog.tables.length
  return {
    schema,
    missing,
    tables,
    issues,
    skipped,
    asked,
    outcomes: [...inside, ...outside],
    drift,
  }
}

async function load(
  server: PostgresServer,
  name: string,
  schema: RealSchema,
): Promise<string | null> {
  const sql = open(server, name)
  try {
    await schema.create(sql, server.url(name))
    return null
  } catch (error) {
    // a package that cannot be had is no fault of ours; a schema of npm that does not load is
    if (error instanceof NotInstalled) return error.message
    throw new Error(`${schema.name}: ${(error as Error).message}`, { cause: error })
  } finally {
    await sql.end({ timeout: 5 })
  }
}

function open(server: PostgresServer, name: string): Sql {
  return postgres(server.url(name), { max: 1, onnotice: () => undefined })
}

async function administer(server: PostgresServer, statement: string): Promise<void> {
  const sql = open(server, 'postgres')
  await sql.unsafe(statement)
  await sql.end()
}

/** A copy of a database, because PostgreSQL refuses CONCURRENTLY in a transaction. */
function inCopy(server: PostgresServer, name: string): Sandbox {
  return async (work) => {
    await administer(server, `create database ${name}_copy template ${name}`)
    const sql = open(server, `${name}_copy`)
    try {
      return await work(sql)
    } finally {
      await sql.end()
      await administer(server, `drop database ${name}_copy`)
    }
  }
}

function compare(
  answers: ReadonlyMap<string, readonly string[]>,
  issues: readonly Issue[],
  skipped: ReadonlyMap<string, string>,
): Examined['asked'] {
  const asked = new Map<string, { ours: string[]; theirs: string[] }>()
  for (const [rule, paths] of answers) {
    if (skipped.has(rule)) continue
    const found = issues
      .filter((issue) => issue.rule === rule)
      .flatMap(({ objects: [first] }) => (first ? [toPath(first)] : []))
    asked.set(rule, {
      ours: found.filter((path) => !paths.includes(path)),
      theirs: paths.filter((path) => !found.includes(path)),
    })
  }
  return asked
}
