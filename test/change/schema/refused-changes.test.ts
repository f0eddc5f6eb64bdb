import { beforeAll, describe, expect, it } from 'vitest'
import { printStatements } from '../../../src/change/ddl/print-statements.ts'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import { modelChangeSchema, modelChangesSchema } from '../../../src/change/schema/model-change.ts'
import type { Catalog } from '../../../src/project/catalog/catalog.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { withPostgres } from '../../support/postgres.ts'
import { shop } from './shop.ts'

const { createDatabase } = withPostgres()
let catalog: Catalog

beforeAll(async () => {
  const { sql } = await createDatabase({ max: 1 })
  await sql.unsafe(shop)
  catalog = await readCatalog(postgresDatabase(sql))
})

const at = (table: string) => ({ schema: 'shop', table })
const column = (table: string, given: object) => ({ op: 'add_column', ...at(table), column: given })
const alter = (table: string, name: string, given: object) => ({
  op: 'alter_column',
  ...at(table),
  column: name,
  ...given,
})
const value = (given: unknown) => ({ default: { kind: 'value', value: given } })

/** A change, and the path and the text of its fault. */
const refused: readonly (readonly [change: object, path: string, message: string])[] = [
  [{ op: 'drop_table', ...at('none') }, 'table', 'shop.none is no table'],
  [{ op: 'drop_table', ...at('open_orders') }, 'table', 'is no table'],
  [
    { op: 'drop_table', ...at('customers') },
    'table',
    'foreign key orders_customer_fkey of shop.orders',
  ],
  [{ op: 'drop_table', ...at('orders') }, 'table', 'view shop.open_orders'],
  [{ op: 'drop_table', ...at('visits') }, 'table', 'partitioned'],
  [{ op: 'drop_table', ...at('visits_now') }, 'table', 'parent'],
  [{ op: 'rename_table', ...at('orders'), to: 'mood' }, 'to', 'is a type'],
  [{ op: 'rename_table', ...at('other'), to: 'recent' }, 'to', 'shop.recent exists'],
  [{ op: 'rename_table', ...at('kept'), to: 'hidden' }, 'table', 'trigger touched'],
  [column('plain', { name: 'id', type: 'text' }), 'column.name', 'has a column id'],
  [column('plain', { name: 'x', type: 'money' }), 'column.type', 'is none of'],
  [column('plain', { name: 'x', type: 'text; drop table plain' }), 'column.type', 'is none of'],
  [column('plain', { name: 'x', type: 'constructor' }), 'column.type', 'is none of'],
  [column('plain', { name: 'x', type: 'varchar(0)' }), 'column.type', 'modifier'],
  [column('plain', { name: 'x', type: 'text(3)' }), 'column.type', 'no modifier'],
  [column('plain', { name: 'x', type: 'numeric(2,3)' }), 'column.type', 'digits after the point'],
  [column('plain', { name: 'x', type: 'integer', ...value('1') }), 'column.default', 'no integer'],
  [column('plain', { name: 'x', type: 'smallint', ...value(40_000) }), 'column.default', 'whole'],
  [column('plain', { name: 'x', type: 'varchar(2)', ...value('abc') }), 'column.default', 'longer'],
  [column('plain', { name: 'x', type: 'shop.mood', ...value('no') }), 'column.default', 'label'],
  [column('plain', { name: 'x', type: 'text', identity: 'always' }), 'column.identity', 'smallint'],
  [alter('plain', 'none', { nullable: true }), 'column', 'has no column none'],
  [alter('plain', 'id', { nullable: true }), 'nullable', 'nullable already'],
  [alter('customers', 'id', { nullable: true }), 'nullable', 'primary key'],
  [alter('customers', 'mail', { nullable: false }), 'column', 'domain'],
  [alter('plain', 'id', { type: 'smallint' }), 'type', 'without loss'],
  [alter('plain', 'id', { type: 'integer' }), 'type', 'integer already'],
  [alter('plain', 'words', { type: 'varchar(5)' }), 'type', 'without loss'],
  [alter('orders', 'customer', { type: 'bigint' }), 'type', 'foreign key orders_customer_fkey'],
  [alter('orders', 'amount', { type: 'integer' }), 'type', 'check orders_amount_check'],
  [alter('Order Lines', 'note', { type: 'text' }), 'type', 'text already'],
  [alter('Order Lines', 'Id', { default: null }), 'default', 'identity'],
  [alter('Order Lines', 'total', { default: null }), 'column', 'generated'],
  [{ op: 'drop_column', ...at('orders'), column: 'placed' }, 'column', 'index recent'],
  [{ op: 'drop_column', ...at('kept'), column: 'secret' }, 'column', 'trigger touched'],
  [{ op: 'drop_column', ...at('kept'), column: 'hidden' }, 'column', 'policy owners'],
  [{ op: 'drop_column', ...at('customers'), column: 'state' }, 'column', 'view shop.counts'],
  [
    { op: 'rename_column', ...at('Order Lines'), column: 'price', to: 'cost' },
    'column',
    'generated',
  ],
  [
    { op: 'rename_column', ...at('plain'), column: 'word', to: 'words' },
    'to',
    'has a column words',
  ],
  [{ op: 'add_index', ...at('plain'), columns: ['id', 'id'] }, 'columns.1', 'twice'],
  [{ op: 'add_index', ...at('orders'), columns: ['body'] }, 'columns.0', 'json'],
  [{ op: 'add_index', ...at('orders'), columns: ['id'], name: 'recent' }, 'name', 'exists'],
  [{ op: 'drop_index', ...at('orders'), name: 'orders_pkey' }, 'name', 'constraint'],
  [{ op: 'drop_constraint', ...at('orders'), name: 'orders_pkey' }, 'name', 'primary key'],
  [{ op: 'drop_constraint', ...at('orders'), name: 'none' }, 'name', 'no constraint none'],
  [
    { op: 'add_check', ...at('plain'), name: 'a_not_null', check: compare('id') },
    'name',
    'PostgreSQL 18',
  ],
  [{ op: 'add_check', ...at('plain'), name: 'a', check: compare('word') }, 'check', 'not compared'],
  [reference('plain', 'id', 'customers', 'name'), 'columns.0', 'does not fit'],
  [reference('other', 'plain', 'plain', 'id'), 'target.columns', 'no unique index'],
  [reference('plain', 'id', 'orders', 'slot'), 'target.columns', 'no unique index'],
]

function compare(name: string) {
  return { kind: 'compare', column: name, operator: '>', value: 0 }
}

function reference(from: string, name: string, to: string, target: string) {
  return {
    op: 'add_foreign_key',
    ...at(from),
    columns: [name],
    target: { ...at(to), columns: [target] },
  }
}

describe('a list of changes', () => {
  it.each(refused)('refuses %j at %s because of "%s"', (change, path, message) => {
    const applied = applyChanges(catalog, modelChangesSchema.parse([change]))
    expect(applied).toMatchObject({ ok: false, faults: [{ path: `changes.0.${path}` }] })
    expect(JSON.stringify(applied)).toContain(message)
  })

  it('names the faults of every change and every column, not only the first', () => {
    const applied = applyChanges(
      catalog,
      modelChangesSchema.parse([
        { op: 'drop_table', ...at('none') },
        {
          op: 'create_table',
          ...at('boxes'),
          columns: [
            { name: 'id', type: 'serial' },
            { name: 'id', type: 'text' },
            { name: 'size', type: 'integer', ...value('big') },
          ],
          primary_key: ['id', 'code'],
        },
      ]),
    )
    expect(applied.ok ? [] : applied.faults.map(({ path }) => path)).toEqual([
      'changes.0.table',
      'changes.1.columns.0.type',
      'changes.1.columns.2.default',
      'changes.1.primary_key.1',
    ])
  })

  it('lets each change see the result of those before it', () => {
    const changes = modelChangesSchema.parse([
      { op: 'create_table', ...at('boxes'), columns: [{ name: 'id', type: 'integer' }] },
      column('boxes', { name: 'size', type: 'integer' }),
      { op: 'rename_table', ...at('boxes'), to: 'crates' },
      { op: 'add_index', ...at('crates'), columns: ['size'] },
    ])
    expect(printStatements(catalog, changes).map(({ sql }) => sql)).toEqual([
      'CREATE TABLE shop.boxes (\n  id integer\n);',
      'ALTER TABLE shop.boxes ADD COLUMN size integer;',
      'ALTER TABLE shop.boxes RENAME TO crates;',
      'CREATE INDEX crates_size_idx ON shop.crates (size);',
    ])
  })

  it('leaves the catalog that it is given as it is', () => {
    const before = JSON.stringify(catalog)
    applyChanges(catalog, modelChangesSchema.parse([{ op: 'drop_table', ...at('other') }]))
    expect(JSON.stringify(catalog)).toBe(before)
  })
})

describe('a change', () => {
  it.each([
    ['a quote', 'a"b', 'lower-case'],
    ['a space', 'a b', 'lower-case'],
    ['upper case', 'Ab', 'lower-case'],
    ['64 characters', 'a'.repeat(64), '63'],
    ['a reserved word', 'select', '"select" is a reserved word of PostgreSQL'],
    ['a word that PostgreSQL quotes', 'values', '"values" is a reserved word of PostgreSQL'],
  ])('refuses a new name with %s', (_what, name, message) => {
    const parsed = modelChangeSchema.safeParse({ op: 'rename_table', table: 'a', to: name })
    expect(parsed.error?.issues).toMatchObject([{ path: ['to'] }])
    expect(parsed.error?.issues[0]?.message).toContain(message)
  })

  it('names every field at fault', () => {
    const parsed = modelChangeSchema.safeParse({
      op: 'add_column',
      table: '',
      column: { name: 'A', type: 7, default: { kind: 'sql', sql: 'now()' } },
    })
    expect(parsed.error?.issues.map(({ path }) => path.join('.'))).toEqual([
      'table',
      'column.name',
      'column.type',
      'column.default.kind',
    ])
  })

  it('refuses keys that it does not know, and an alteration of nothing', () => {
    const one = { op: 'alter_column', table: 'a', column: 'b' }
    expect(modelChangeSchema.safeParse(one).success).toBe(false)
    expect(modelChangeSchema.safeParse({ ...one, using: '1' }).success).toBe(false)
  })
})
