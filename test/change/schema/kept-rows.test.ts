import { expect, it } from 'vitest'
import { toMigrationParts } from '../../../src/change/ddl/migration-parts.ts'
import { printStatements } from '../../../src/change/ddl/print-statements.ts'
import { modelChangesSchema } from '../../../src/change/schema/model-change.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'

const changes = modelChangesSchema.parse([
  { op: 'add_column', table: 'orders', column: { name: 'phone', type: 'text', nullable: false } },
  { op: 'alter_column', table: 'orders', column: 'amount', type: 'numeric' },
  { op: 'add_index', table: 'orders', columns: ['phone'] },
])

describePostgres('statements on a table with rows', ({ createDatabase }) => {
  it('stop before NOT NULL until the new column is filled, and keep the values', async () => {
    const { sql } = await createDatabase({ max: 1 })
    await sql.unsafe('create table orders (amount integer); insert into orders values (1), (2)')
    const statements = printStatements(await readCatalog(postgresDatabase(sql)), changes)
    const [add, validate, set, index] = toMigrationParts(statements).map(
      ({ isTransaction, sql: texts }) =>
        isTransaction ? `BEGIN;\n${texts.join('\n')}\nCOMMIT;` : texts.join('\n'),
    )
    await sql.unsafe(add ?? '')
    await expect(sql.unsafe(validate ?? '')).rejects.toMatchObject({ code: '23514' })
    await sql.unsafe("rollback; update orders set phone = 'none'")
    for (const part of [validate, set, index]) await sql.unsafe(part ?? '')
    expect(await sql`select amount, phone from orders order by amount`).toMatchObject([
      { amount: '1', phone: 'none' },
      { amount: '2', phone: 'none' },
    ])
    const notes = statements.flatMap(({ note }) => note ?? [])
    expect(notes).toContain('Fill the rows in which public.orders.phone is null first')
  })
})

it('each part limits how long it waits for a lock, except the concurrent ones', async () => {
  const parts = toMigrationParts([
    statement('ALTER TABLE a ADD COLUMN b text;', 'shared'),
    statement('ALTER TABLE a ADD COLUMN c text;', 'shared'),
    statement('CREATE INDEX CONCURRENTLY d ON a (b);', 'none'),
    statement('ALTER TABLE a DROP COLUMN c;', 'shared'),
    statement('ALTER TABLE a VALIDATE CONSTRAINT e;', 'own'),
  ])
  const limit = "SET LOCAL lock_timeout = '5s';"
  expect(parts).toEqual([
    {
      isTransaction: true,
      sql: [limit, 'ALTER TABLE a ADD COLUMN b text;', 'ALTER TABLE a ADD COLUMN c text;'],
    },
    { isTransaction: false, sql: ['CREATE INDEX CONCURRENTLY d ON a (b);'] },
    { isTransaction: true, sql: [limit, 'ALTER TABLE a DROP COLUMN c;'] },
    { isTransaction: true, sql: [limit, 'ALTER TABLE a VALIDATE CONSTRAINT e;'] },
  ])
})

function statement(sql: string, transaction: 'shared' | 'own' | 'none') {
  const effect = { lock: null, rewrites: false }
  return { sql, transaction, effect, reverse: null, destroys: [], note: null, change: 0 }
}
