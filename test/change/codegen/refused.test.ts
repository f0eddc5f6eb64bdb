import { symlink } from 'node:fs/promises'
import type { Sql } from 'postgres'
import { beforeAll, describe, expect, it } from 'vitest'
import { defineProject } from '../../../src/index.ts'
import { databaseModels, memoryFiles, sqlMigrations } from '../../../src/postgres.ts'
import {
  addPhone,
  type CodegenOptions,
  createCodegenStudio,
  createShop,
  record,
  shopProject,
} from '../../support/codegen.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createFolder, openTestFolder, type TestFolder } from '../../support/workspace.ts'

const { createDatabase, openPool } = withPostgres()
let sql: Sql
let folder: TestFolder

beforeAll(async () => {
  sql = (await createDatabase({ max: 3 })).sql
  folder = await openTestFolder()
  await createShop(sql, folder)
})

const at = { schema: 'shop', table: 'orders' }
const column = (given: object) => ({ op: 'add_column', ...at, column: given })
const body = (...changes: unknown[]) => ({ app: 'shop', changes })
const faultOf = (...paths: string[]) => ({
  status: 400,
  body: { error: { code: 'bad_request', details: paths.map((path) => ({ path })) } },
})

describe('POST /ai/codegen/preview with changes', () => {
  it.each<[string, unknown, string[]]>([
    ['nothing', {}, ['app', 'changes']],
    ['no changes', body(), ['changes']],
    ['an unknown key', { ...body(addPhone), force: true }, ['force']],
    ['an unknown app', { app: 'none', changes: [addPhone] }, ['app']],
    ['an app without migrations', { app: 'plain', changes: [addPhone] }, ['app']],
    ['a title that is no name', { ...body(addPhone), title: '../x' }, ['title']],
    ['a reason that is no text', { ...body(addPhone), reason: 1 }, ['reason']],
    ['101 changes', body(...Array.from({ length: 101 }, () => addPhone)), ['changes']],
    ['an unknown operation', body({ op: 'run_sql', sql: 'drop table x' }), ['changes.0.op']],
    [
      'several faults',
      body(column({ name: 'a', type: 'money' }), column({ name: 'b', type: 'text' }), {
        op: 'drop_column',
        ...at,
        column: 'none',
      }),
      ['changes.0.column.type', 'changes.2.column'],
    ],
    ['a reserved word', body(column({ name: 'select', type: 'text' })), ['changes.0.column.name']],
    [
      'SQL in a name',
      body(column({ name: 'a; drop table x', type: 'text' })),
      ['changes.0.column.name'],
    ],
    [
      'SQL in a type',
      body(column({ name: 'a', type: 'text; drop table x' })),
      ['changes.0.column.type'],
    ],
    [
      'SQL in the name of a table',
      body({ op: 'drop_table', table: 'x"; drop table y; --' }),
      ['changes.0.table'],
    ],
    [
      'the table of the migration tool',
      body({ op: 'drop_table', table: 'aksara_migrations' }),
      ['changes.0.table'],
    ],
  ])('answers 400 that names the fields at fault for %s', async (_what, given, paths) => {
    const { preview } = await createCodegenStudio(folder, sql)
    expect(await preview(given)).toMatchObject(faultOf(...paths))
  })

  it('knows a table that is not shown no better than one that does not exist', async () => {
    const { change } = await createCodegenStudio(folder, sql)
    const answers = await Promise.all(
      ['kept', 'none'].map(async (table) => {
        const changes = [
          { op: 'add_column', schema: 'shop', table, column: { name: 'a', type: 'text' } },
          { op: 'drop_table', schema: 'shop', table },
          { op: 'rename_table', schema: 'shop', table, to: 'other' },
          {
            op: 'add_foreign_key',
            ...at,
            columns: ['customer'],
            target: { schema: 'shop', table, columns: ['id'] },
          },
        ]
        const { status, body: answer } = await change(...changes)
        return { status, answer: JSON.stringify(answer).replaceAll(table, '?') }
      }),
    )
    expect(answers[0]?.status).toBe(400)
    expect(answers[0]).toEqual(answers[1])
  })

  it('does not name what is not shown where it stands in the way', async () => {
    const { change } = await createCodegenStudio(folder, sql)
    const { status, body: answer } = await change({
      op: 'rename_table',
      ...at,
      to: 'kept',
    })
    expect(status).toBe(400)
    expect(answer).toMatchObject({
      error: { details: [{ path: 'changes.0.to', message: expect.stringContaining('not show') }] },
    })
  })
})

describe('POST /ai/codegen/preview in a project that cannot have the files', () => {
  const refusal = (reason: string, status = 422) => ({
    status,
    body: { error: { details: { reason } } },
  })

  it.each<[string, CodegenOptions, object]>([
    ['no pattern allows', { write: ['src/**'] }, refusal('not_writable')],
    ['another pattern allows', { write: ['db/*.sql'] }, refusal('not_writable')],
  ])('answers 422 with the files that %s', async (_what, options, expected) => {
    const { change } = await createCodegenStudio(folder, sql, options)
    const answer = await change(addPhone)
    expect(answer).toMatchObject(expected)
    expect(JSON.stringify(answer.body)).not.toContain(folder.above)
  })

  const withMigrations = async (migrations: ReturnType<typeof sqlMigrations>) => {
    const { change } = await createCodegenStudio(folder, sql, {
      project: shopProject(folder, { migrations }),
    })
    return change(addPhone)
  }

  it('answers 422 for a folder outside of the workspace, also by a link', async () => {
    const other = await createFolder()
    await createShop((await createDatabase()).sql, other)
    const out = sqlMigrations(`${other.root}/db/shop`)
    const answer = await withMigrations(out)
    expect(answer).toMatchObject(refusal('outside_workspace'))
    expect(JSON.stringify(answer.body)).not.toContain(other.above)
    const here = await createFolder()
    await symlink(`${other.root}/db`, `${here.root}/db`)
    const { change } = await createCodegenStudio(here, sql)
    expect(await change(addPhone)).toMatchObject(refusal('outside_workspace'))
  })

  it('answers 422 for a tool that nothing writes for, and 400 for files in memory', async () => {
    const source = sqlMigrations(`${folder.root}/db/shop`)
    expect(await withMigrations({ ...source, tool: 'homemade' })).toMatchObject(
      refusal('tool_unsupported'),
    )
    const memory = sqlMigrations(memoryFiles({ '0001_start.sql': 'select 1;' }))
    expect(await withMigrations(memory)).toMatchObject(faultOf('app'))
  })

  it('answers 422 for a folder that git ignores', async () => {
    const own = await createFolder({ '.gitignore': 'db/\n' })
    own.git('init')
    await createShop((await createDatabase()).sql, own)
    const { change } = await createCodegenStudio(own, sql)
    expect(await change(addPhone)).toMatchObject(refusal('not_writable'))
  })

  it('answers 409 for migrations in conflict', async () => {
    const own = await createFolder()
    const database = await createDatabase({ max: 3 })
    await createShop(database.sql, own)
    await own.write('db/shop/0002_a.sql', '-- depends: 0001_start\nselect 1;')
    await own.write('db/shop/0002_b.sql', '-- depends: 0001_start\nselect 1;')
    await record(database.sql, '0002_a')
    const { change } = await createCodegenStudio(own, database.sql)
    expect(await change(addPhone)).toMatchObject({ status: 409 })
  })

  it('answers 503 while the database cannot be read, and reads it again later', async () => {
    const unreachable = openPool('postgres://studio:s3cret@127.0.0.1:1/none', { max: 1 })
    const { change } = await createCodegenStudio(folder, unreachable)
    const answer = await change(addPhone)
    expect(answer).toMatchObject({ status: 503, body: { error: { code: 'unavailable' } } })
    expect(JSON.stringify(answer.body)).not.toMatch(/s3cret|127\.0\.0\.1/)
  })

  it('answers 503 for a database without a catalog of PostgreSQL', async () => {
    const { change } = await createCodegenStudio(folder, sql, {
      project: defineProject({
        name: 'shop',
        apps: [{ label: 'shop', migrations: sqlMigrations(`${folder.root}/db/shop`) }],
      }),
      database: {
        dialect: 'sqlite',
        ping: async () => undefined,
        read: () => Promise.reject(new Error('no such table: pg_class')),
        query: () => Promise.reject(new Error('no')),
        pool: () => ({ size: 1, available: 1 }),
      },
    })
    expect(await change(addPhone)).toMatchObject({ status: 503 })
  })

  it('takes a project whose models are of another schema than the change', async () => {
    const models = databaseModels({ schemas: ['public'] })
    const { change } = await createCodegenStudio(folder, sql, {
      project: shopProject(folder, { models }),
    })
    expect(await change(addPhone)).toMatchObject(faultOf('changes.0.table'))
  })
})
