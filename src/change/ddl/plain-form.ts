import type { MigrationPart } from './migration-parts.ts'
import { invalidNote } from './print-key.ts'
import type { DdlStatement } from './statement.ts'

/** Returns a statement as it runs inside of a transaction, with the same result: an index without `CONCURRENTLY`. */
export function toPlainSql(sql: string): string {
  return sql.replace(/^(CREATE (?:UNIQUE )?INDEX|DROP INDEX) CONCURRENTLY /, '$1 ')
}

/** Describes statements as a tool runs them that runs all of them inside of transactions, one for each part. */
export function toPlainStatements(
  statements: readonly DdlStatement[],
  parts: readonly MigrationPart[],
): DdlStatement[] {
  const counts = parts.map(({ sql }) => sql.filter((each) => !each.startsWith('SET LOCAL ')).length)
  const starts = new Set(counts.map((_, part) => counts.slice(0, part).reduce((a, b) => a + b, 0)))
  return statements.map((statement, index) => ({
    ...(statement.transaction === 'none' ? toPlain(statement) : statement),
    transaction: starts.has(index) ? 'own' : 'shared',
  }))
}

function toPlain({ sql, note, ...statement }: DdlStatement): DdlStatement {
  const lock = sql.startsWith('DROP') ? 'ACCESS EXCLUSIVE' : 'SHARE'
  return {
    ...statement,
    sql: toPlainSql(sql),
    effect: { ...statement.effect, lock },
    note: note?.replace(invalidNote, '').trim() || null,
  }
}
