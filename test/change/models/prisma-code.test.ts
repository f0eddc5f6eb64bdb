import { describe, expect, it, vi } from 'vitest'
import { editPrisma } from '../../../src/change/models/prisma/edit-prisma.ts'
import { withPostgres } from '../../support/postgres.ts'
import { diffWithPrisma } from '../../support/schema-tools.ts'
import { differingLines, migrateModels } from './migrate-models.ts'
import { prismaText } from './prisma-project.ts'

vi.setConfig({ testTimeout: 120_000 }) // each test starts Prisma several times

describe('the code of models of Prisma', () => {
  const { createDatabase } = withPostgres(18)

  async function open() {
    const { sql, url } = await createDatabase({ max: 1 })
    await sql.unsafe(await diffWithPrisma(prismaText, url, 'empty'))
    const diff = (text: string) => diffWithPrisma(text, url, 'database')
    expect(await diff(prismaText)).toContain('This is an empty migration')
    return {
      sql,
      async change(...changes: object[]) {
        const result = await migrateModels(sql, { text: prismaText, changes, edit: editPrisma })
        return {
          ...result,
          left: await diff(result.text),
          ...differingLines(prismaText, result.text),
        }
      },
    }
  }

  const isEmpty = expect.stringContaining('This is an empty migration')

  it('has nothing left to migrate after new tables, columns, keys and relations', async () => {
    const { change } = await open()
    const result = await change(
      {
        op: 'create_table',
        table: 'blog_posts',
        columns: [
          { name: 'id', type: 'bigint', identity: 'always' },
          { name: 'author_id', type: 'integer' },
          {
            name: 'title',
            type: 'varchar(80)',
            nullable: false,
            default: { kind: 'value', value: 'it\'s "x"' },
          },
          { name: 'tags', type: 'text[]' },
          { name: 'price', type: 'numeric(10,2)', default: { kind: 'value', value: -2.5 } },
          { name: 'any', type: 'numeric' },
          {
            name: 'state',
            type: 'public.mood',
            nullable: false,
            default: { kind: 'value', value: 'new' },
          },
          {
            name: 'made',
            type: 'timestamptz',
            nullable: false,
            default: { kind: 'function', name: 'now()' },
          },
          { name: 'day', type: 'date', default: { kind: 'function', name: 'CURRENT_DATE' } },
          { name: 'token', type: 'uuid', default: { kind: 'function', name: 'gen_random_uuid()' } },
          { name: 'span', type: 'interval' },
          { name: 'small', type: 'smallint' },
          { name: 'ratio', type: 'real' },
          { name: 'exact', type: 'double precision' },
          { name: 'flag', type: 'boolean', default: { kind: 'value', value: true } },
          { name: 'doc', type: 'json' },
          { name: 'body', type: 'jsonb' },
          { name: 'raw', type: 'bytea' },
          { name: 'host', type: 'inet' },
          { name: 'at', type: 'timestamp(3)' },
          { name: 'name', type: 'varchar' },
        ],
        primary_key: ['id'],
      },
      {
        op: 'add_foreign_key',
        table: 'blog_posts',
        columns: ['author_id'],
        target: { table: 'users', columns: ['id'] },
        on_delete: 'SET NULL',
      },
      {
        op: 'add_foreign_key',
        table: 'blog_posts',
        columns: ['id'],
        target: { table: 'blog_posts', columns: ['id'] },
        name: 'own',
      },
      { op: 'add_column', table: 'users', column: { name: 'last_seen', type: 'timestamptz' } },
      { op: 'add_index', table: 'blog_posts', columns: ['title', 'made'] },
      { op: 'add_index', table: 'blog_posts', columns: ['title'], unique: true, name: 'one_title' },
      { op: 'add_unique', table: 'users', columns: ['email', 'name'] },
      {
        op: 'create_table',
        table: 'seats',
        columns: [
          { name: 'row', type: 'integer' },
          { name: 'place', type: 'integer' },
        ],
        primary_key: ['row', 'place'],
      },
    )
    expect(result.notes).toEqual([])
    expect(result.left).toEqual(isEmpty)
    expect(result.removed).toEqual([])
  })

  it('has nothing left to migrate after columns are changed, renamed and dropped', async () => {
    const { change } = await open()
    const result = await change(
      { op: 'alter_column', table: 'users', column: 'name', type: 'varchar(200)' },
      {
        op: 'alter_column',
        table: 'users',
        column: 'nick_name',
        nullable: false,
        default: { kind: 'value', value: 'x' },
      },
      { op: 'alter_column', table: 'users', column: 'mood', default: null },
      { op: 'alter_column', table: 'orders', column: 'customer_id', nullable: true },
      { op: 'alter_column', table: 'orders', column: 'count', type: 'bigint' },
      { op: 'rename_column', table: 'users', column: 'email', to: 'mail' },
      { op: 'rename_column', table: 'orders', column: 'customer_id', to: 'user' },
      { op: 'drop_column', table: 'orders', column: 'note' },
      { op: 'drop_index', table: 'users', name: 'by_name' },
    )
    expect(result.left).toEqual(isEmpty)
    expect(result.notes).toEqual([
      'User.email keeps its name in the code; its column is mail',
      'Order.customerId keeps its name in the code; its column is user',
    ])
    expect(result).toMatchObject({ added: [], removed: [] })
  })

  it('has nothing left to migrate after tables are renamed and dropped, and relations with them', async () => {
    const { change } = await open()
    const result = await change(
      { op: 'drop_table', table: 'tags' },
      { op: 'rename_table', table: 'users', to: 'people' },
      { op: 'drop_constraint', table: 'orders', name: 'orders_second_id_fkey' },
      { op: 'rename_table', table: 'orders', to: 'sales' },
      {
        op: 'add_check',
        table: 'sales',
        name: 'some',
        check: { kind: 'compare', column: 'count', operator: '>', value: 0 },
      },
    )
    expect(result.left).toEqual(isEmpty)
    expect(result.notes).toEqual([
      'the model User keeps its name in the code; its table is people',
      'the model Order keeps its name in the code; its table is sales',
      'add_check of public.sales is not in the code of the models: Prisma has no checks',
    ])
    expect(result).toMatchObject({ added: [], removed: [] })
  })
})
