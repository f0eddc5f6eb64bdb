import type { Sql } from 'postgres'
import { groupBy } from '../../src/lib/groups.ts'
import { type Issue, toPath } from '../../src/health/kit/issue.ts'
import { rules } from '../../src/health/rules/index.ts'
import type { CatalogStatistics } from '../../src/postgres.ts'
import { findBroken, readFacts } from './facts.ts'
import { lint, rolledBack } from './transaction.ts'

const essential = new Set(rules.filter(({ isDefault }) => isDefault).map(({ id }) => id))

/** What came of the statements of one issue. */
export interface Outcome {
  readonly rule: string
  /** Why the statements harm or do not mend; null when they mend their issue and touch nothing else. */
  readonly problem: string | null
}

/** The state of a database before a fix. */
export interface Before {
  readonly ids: ReadonlySet<string>
  readonly facts: ReadonlySet<string>
  readonly broken: readonly string[]
  readonly statistics: CatalogStatistics | null
}

/** Reads the state of an open transaction. */
export async function readBefore(
  sql: Sql,
  issues: readonly Issue[],
  statistics: CatalogStatistics | null,
): Promise<Before> {
  const ids = new Set(issues.map(({ id }) => id))
  return { ids, facts: await readFacts(sql), broken: await findBroken(sql), statistics }
}

/** Where fixes are tried: `work` gets a database in its first state, and what it changes does not last. */
export type Sandbox = <Result>(work: (sql: Sql) => Promise<Result>) => Promise<Result>

/** A transaction that is rolled back. */
export const inTransaction =
  (sql: Sql): Sandbox =>
  (work) =>
    rolledBack(sql, () => work(sql))

/**
 * Runs every fix: those of a rule together, and each on its own in a fresh sandbox if together they do not mend, for example
 * because two of them mend one thing.
 */
export async function tryFixes(
  sandbox: Sandbox,
  issues: readonly Issue[],
  before: Before,
): Promise<readonly Outcome[]> {
  const outcomes: Outcome[] = []
  for (const [rule, group] of groupBy(issues, (issue) => issue.rule)) {
    if ((await tryTogether(sandbox, group, before)) === null) {
      outcomes.push(...group.map(() => ({ rule, problem: null })))
      continue
    }
    for (const issue of group) {
      outcomes.push({ rule, problem: await tryTogether(sandbox, [issue], before) })
    }
  }
  return outcomes
}

function tryTogether(
  sandbox: Sandbox,
  issues: readonly Issue[],
  before: Before,
): Promise<string | null> {
  return sandbox(async (sql) => {
    for (const { id, fix } of issues) {
      const failure = await run(sql, fix ?? '')
      if (failure !== null) return `${id}: ${failure}`
    }
    await sql.unsafe('begin') // a warning inside a transaction; the sandbox ends both
    return judge(sql, issues, before)
  })
}

async function run(sql: Sql, fix: string): Promise<string | null> {
  const isConcurrent = fix.includes('CONCURRENTLY')
  const statements = fix.replaceAll(/^(BEGIN|COMMIT);$/gm, '')
  try {
    for (const statement of isConcurrent ? fix.split('\n') : [statements]) {
      await sql.unsafe(statement)
    }
    return null
  } catch (error) {
    return `fails: ${(error as Error).message}`
  }
}

/** Returns what is wrong after fixes; null when their issues are gone and nothing else has changed. */
async function judge(sql: Sql, fixed: readonly Issue[], before: Before): Promise<string | null> {
  const { issues } = await lint(sql, before.statistics)
  const left = fixed.find((one) => issues.some(({ id }) => id === one.id))
  if (left) return `leaves ${left.id}`
  const raised = issues.find(({ id, rule }) => essential.has(rule) && !before.ids.has(id))
  if (raised) return `raises ${raised.id}`
  const own = new Set(fixed.flatMap(({ objects: [first] }) => (first ? [toPath(first)] : [])))
  const facts = new Set([...(await readFacts(sql))].map(withoutCasts))
  const lost = [...before.facts].find(
    (fact) => !facts.has(withoutCasts(fact)) && !own.has(fact.split('\t')[0] ?? ''),
  )
  if (lost) return `changes ${lost.replace('\t', ': ').slice(0, 200)}`
  // an index is no part of a view or a function
  if (fixed.every(({ fix }) => fix?.includes('INDEX'))) return null
  const broken = (await findBroken(sql)).find((one) => !before.broken.includes(one))
  return broken ? `breaks ${broken}` : null
}

// PostgreSQL prints a cast around a varchar, and none around a text, in an expression that means the same.
function withoutCasts(fact: string): string {
  return fact.replaceAll(/::(text|character varying)(\[\])?|[()\s]/g, '')
}
