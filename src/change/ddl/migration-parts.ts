import type { DdlStatement } from './statement.ts'

/** Statements that run together: in one transaction, or a single one outside of any. */
export interface MigrationPart {
  readonly isTransaction: boolean
  /** The SQL to run, in order. The first statement of a transaction limits how long it waits for a lock. */
  readonly sql: readonly string[]
}

const lockTimeout = '5s'

/**
 * Divides statements into parts, each a file for tools that run a file in one transaction. A part fails rather than wait more
 * than five seconds for a lock, because everything that comes later waits behind it. Only `CONCURRENTLY` has no such limit:
 * it would leave an invalid index behind.
 */
export function toMigrationParts(statements: readonly DdlStatement[]): MigrationPart[] {
  const parts: { isTransaction: boolean; sql: string[] }[] = []
  for (const { sql, transaction } of statements) {
    const last = parts.at(-1)
    if (transaction === 'none') parts.push({ isTransaction: false, sql: [sql] })
    else if (transaction === 'shared' && last?.isTransaction) last.sql.push(sql)
    else
      parts.push({ isTransaction: true, sql: [`SET LOCAL lock_timeout = '${lockTimeout}';`, sql] })
  }
  return parts
}
