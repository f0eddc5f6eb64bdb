import { expect, it } from 'vitest'
import { printStatements } from '../../../src/change/ddl/print-statements.ts'
import { type ModelChange, modelChangesSchema } from '../../../src/change/schema/model-change.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { observeEffect } from '../../support/fix-effects.ts'
import { describePostgres } from '../../support/postgres.ts'
import { shop } from './shop.ts'

const plain = { schema: 'shop', table: 'plain' }
const other = { schema: 'shop', table: 'other' }

const changes: readonly ModelChange[] = modelChangesSchema.parse([
  { op: 'add_column', ...plain, column: { name: 'added', type: 'integer', nullable: false } },
  {
    op: 'add_column',
    ...plain,
    column: {
      name: 'token',
      type: 'uuid',
      default: { kind: 'function', name: 'gen_random_uuid()' },
    },
  },
  {
    op: 'add_column',
    ...plain,
    column: {
      name: 'since',
      type: 'timestamptz',
      nullable: false,
      default: { kind: 'function', name: 'now()' },
    },
  },
  { op: 'add_column', ...plain, column: { name: 'number', type: 'bigint', identity: 'always' } },
  { op: 'alter_column', ...plain, column: 'small', type: 'integer', nullable: true },
  { op: 'alter_column', ...plain, column: 'word', type: 'varchar(20)', nullable: false },
  { op: 'alter_column', ...plain, column: 'words', type: 'text' },
  { op: 'alter_column', ...plain, column: 'amount', type: 'numeric(10,2)', default: null },
  { op: 'add_unique', ...plain, columns: ['id'] },
  { op: 'add_index', ...plain, columns: ['words', 'word'] },
  {
    op: 'add_foreign_key',
    ...other,
    columns: ['plain'],
    target: { ...plain, columns: ['id'] },
    on_delete: 'CASCADE',
  },
  {
    op: 'add_check',
    ...plain,
    name: 'positive',
    check: { kind: 'compare', column: 'amount', operator: '>', value: 0 },
  },
  { op: 'rename_column', ...plain, column: 'words', to: 'phrase' },
  { op: 'drop_column', ...plain, column: 'token' },
  { op: 'drop_constraint', ...other, name: 'other_plain_fkey' },
  { op: 'drop_index', ...plain, name: 'plain_words_word_idx' },
  { op: 'rename_table', ...plain, to: 'simple' },
  { op: 'drop_table', ...other },
])

describePostgres('the effect of a statement', ({ createDatabase }) => {
  it('names the lock that PostgreSQL takes, and whether the table is rewritten', async () => {
    const { sql } = await createDatabase({ max: 1 })
    await sql.unsafe(shop)
    const statements = printStatements(await readCatalog(postgresDatabase(sql)), changes)
    const wrong: unknown[] = []
    for (const { sql: text, effect, transaction } of statements) {
      if (transaction !== 'none') {
        const seen = await observeEffect(sql, [text])
        if (seen.lock !== effect.lock || seen.rewrites !== effect.rewrites) {
          wrong.push({ text, effect, seen })
        }
      }
      await sql.unsafe(text)
    }
    expect(wrong).toEqual([])
    expect(new Set(statements.map(({ change }) => change)).size).toBe(changes.length)
  })

  it('lists the tables and columns whose data is lost', async () => {
    const { sql } = await createDatabase({ max: 1 })
    await sql.unsafe(shop)
    const statements = printStatements(await readCatalog(postgresDatabase(sql)), changes)
    const destroying = statements.filter(({ destroys }) => destroys.length > 0)
    expect(destroying.map(({ destroys, reverse }) => ({ destroys, reverse }))).toEqual([
      { destroys: ['column shop.plain.token'], reverse: null },
      { destroys: ['table shop.other'], reverse: null },
    ])
  })
})
