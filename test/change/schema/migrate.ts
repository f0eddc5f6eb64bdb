import type { Sql } from 'postgres'
import { toMigrationParts } from '../../../src/change/ddl/migration-parts.ts'
import type { DdlStatement } from '../../../src/change/ddl/statement.ts'

/** Runs statements in the parts that a migration tool would run. The pool has one connection. */
export async function migrate(sql: Sql, statements: readonly DdlStatement[]): Promise<void> {
  for (const { isTransaction, sql: texts } of toMigrationParts(statements)) {
    const script = isTransaction ? ['BEGIN;', ...texts, 'COMMIT;'] : texts
    await run(sql, script.join('\n'))
  }
}

/** Runs the statements that undo others, the last one first. */
export async function undo(sql: Sql, statements: readonly DdlStatement[]): Promise<void> {
  for (const { reverse } of statements.toReversed()) {
    for (const text of reverse ?? []) await run(sql, text)
  }
}

async function run(sql: Sql, script: string): Promise<void> {
  await sql.unsafe(script).catch(async (error: Error) => {
    await sql.unsafe('rollback')
    throw new Error(`${error.message}\n${script}`)
  })
}
