import type { Sql } from 'postgres'
import { type FixEffect, lockModes } from '../../src/health/kit/fix-effect.ts'

/** A table, view or sequence that exists before a fix, with the file of its rows. */
interface Relation {
  readonly oid: string
  readonly file: string
  readonly kind: string
}

const relations = (sql: Sql) => sql<Relation[]>`
  select c.oid::text, c.relfilenode::text as file, c.relkind::text as kind from pg_class c
  join pg_namespace n on n.oid = c.relnamespace
  where n.nspname !~ '^(pg_|information_schema)' and c.relkind in ('r', 'p', 'm', 'v', 'S')`

/** Writes a mode of pg_locks as SQL does. */
export const toLockMode = (mode: string) =>
  mode
    .replace(/Lock$/, '')
    .replace(/(?<=[a-z])(?=[A-Z])/g, ' ')
    .toUpperCase()

/** Runs the statements in a transaction that is rolled back, and returns the locks and the rewrites that PostgreSQL shows. */
export async function observeEffect(sql: Sql, statements: readonly string[]): Promise<FixEffect> {
  await sql.unsafe('begin')
  try {
    const before = new Map((await relations(sql)).map((one) => [one.oid, one]))
    for (const statement of statements) await sql.unsafe(statement)
    const locks = await sql<{ oid: string; mode: string }[]>`
      select relation::text as oid, mode from pg_locks
      where pid = pg_backend_pid() and locktype = 'relation' and granted`
    const taken = new Set(
      locks.filter(({ oid }) => before.has(oid)).map(({ mode }) => toLockMode(mode)),
    )
    const after = await relations(sql)
    return {
      lock: lockModes.findLast((mode) => taken.has(mode)) ?? null,
      // ALTER SEQUENCE writes its single row anew, which is no table
      rewrites: after.some(
        ({ oid, file, kind }) => kind !== 'S' && before.has(oid) && before.get(oid)?.file !== file,
      ),
    }
  } finally {
    await sql.unsafe('rollback')
  }
}
