import type { DdlStatement } from './statement.ts'

/** Statements that run together: in one transaction, or a single one outside of any. */
export interface MigrationPart {
  readonly isTransaction: boolean
  /** The SQL to run, in order. The first statement of a transaction limits how long it waits for a lock. */
  readonly sql: readonly string[]
}

const setLockTimeout = "SET LOCAL lock_timeout = '5s';"

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
    else parts.push({ isTransaction: true, sql: [setLockTimeout, sql] })
  }
  return parts
}

/**
 * Returns what takes parts back, for each part of `toMigrationParts` and in reverse order: the first undoes the last part. A part
 * that needs nothing has no SQL. Null when a statement cannot be undone.
 */
export function toReverseParts(statements: readonly DdlStatement[]): MigrationPart[] | null {
  const undoes: MigrationPart[] = []
  let from = 0
  for (const { isTransaction, sql } of toMigrationParts(statements)) {
    const until = from + sql.length - (isTransaction ? 1 : 0)
    const undo: string[] = []
    for (const { reverse } of statements.slice(from, until).toReversed()) {
      if (reverse === null) return null
      undo.push(...reverse)
    }
    const limit = isTransaction && undo.length > 0 ? [setLockTimeout] : []
    undoes.push({ isTransaction, sql: [...limit, ...undo] })
    from = until
  }
  return undoes.reverse()
}
