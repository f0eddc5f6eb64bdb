import { beforeEach, describe, expect, it, vi } from 'vitest'
import { editDrizzle } from '../../../src/change/models/drizzle/edit-drizzle.ts'
import { editZod } from '../../../src/change/models/zod/edit-zod.ts'
import { loadCompiler } from '../../../src/change/models/typescript/load-compiler.ts'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import { modelChangesSchema } from '../../../src/change/schema/model-change.ts'
import type { Catalog } from '../../../src/project/catalog/catalog.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

vi.mock('../../../src/change/models/typescript/load-compiler.ts', { spy: true })

let catalog: Catalog

beforeEach(async () => {
  if (catalog) return
  const { sql } = await createSharedDatabase()
  await sql.unsafe(`create type mood as enum ('new');
    create table users (id integer primary key, email text, name text);
    create table posts (id integer primary key, user_id integer)`)
  catalog = await readCatalog(postgresDatabase(sql), { schemas: ['public'] })
  await sql.end()
})

function stepsOf(...changes: object[]) {
  const applied = applyChanges(catalog, modelChangesSchema.parse(changes))
  if (!applied.ok) throw new Error(JSON.stringify(applied.faults))
  return applied.steps
}

const addAge = { op: 'add_column', table: 'users', column: { name: 'age', type: 'integer' } }
const addMood = { op: 'add_column', table: 'users', column: { name: 'mood', type: 'public.mood' } }
const addRaw = { op: 'add_column', table: 'users', column: { name: 'raw', type: 'bytea' } }
const dropEmail = { op: 'drop_column', table: 'users', column: 'email' }
const dropUsers = { op: 'drop_table', table: 'users' }
const nullable = { op: 'alter_column', table: 'users', column: 'email', nullable: false }
const longer = { ...nullable, column: 'name' }
const createNotes = {
  op: 'create_table',
  table: 'notes',
  columns: [{ name: 'id', type: 'integer' }],
}

const head = `import { integer, pgTable, pgTableCreator, text } from 'drizzle-orm/pg-core'\n`
const users = `export const users = pgTable('users', { id: integer('id').primaryKey(), email: text('email'), name: text('name') })\n`
const zod = `import { z } from 'zod'\n`
const user = `export const User = z.object({ id: z.number(), email: z.string().nullable(), name: z.string().nullable() })\n`

describe('code of models that cannot be edited with certainty', () => {
  it.each<[string, string, object, string]>([
    [
      'a spread',
      `${head}export const users = pgTable('users', { ...base, id: integer() })\n`,
      addAge,
      'come from another place',
    ],
    [
      'a computed key',
      `${head}export const users = pgTable('users', { [key]: integer() })\n`,
      addAge,
      'come from another place',
    ],
    [
      'columns of a constant',
      `${head}export const users = pgTable('users', columns)\n`,
      addAge,
      'no one table',
    ],
    [
      'a creator',
      `${head}const make = pgTableCreator((n) => n)\nexport const users = make('users', { id: integer() })\n`,
      addAge,
      'no one table',
    ],
    [
      'a table twice',
      head + users + users.replace('const users', 'const people'),
      addAge,
      'no one table',
    ],
    ['a taken key', head + users.replace('{ id', '{ age: text(), id'), addAge, 'has a column age'],
    ['an unknown enum', head + users, addMood, 'no one enum of the file'],
    [
      'an enum that comes later',
      `${head.replace('{', '{ pgEnum,')}${users}export const mood = pgEnum('mood', ['new'])\n`,
      addMood,
      'declared after users',
    ],
    ['an unknown type', head + users, addRaw, 'no type for bytea'],
    [
      'a column in use',
      `${head}${users}export const all = [users.email]\n`,
      dropEmail,
      'another place of the file uses users.email',
    ],
    [
      'a table in use',
      `${head}${users}export type User = typeof users.$inferSelect\n`,
      dropUsers,
      'another place of the file uses users',
    ],
    ['a syntax error', `${head}${users}export const = 1\n`, addAge, 'syntax error'],
  ])('are left alone with a note in Drizzle: %s', async (_name, text, change, reason) => {
    const result = await editDrizzle(text, stepsOf(change))
    expect(result).toEqual({ text, notes: [expect.stringContaining(reason)] })
  })

  it.each<[string, string, object, string]>([
    [
      'a spread',
      `${zod}export const User = z.object({ ...base })\n`,
      addAge,
      'come from another place',
    ],
    [
      'an extended object',
      zod + user.replace(/\n$/, '.extend({})\n'),
      addAge,
      'come from another place',
    ],
    [
      'two that fit',
      zod + user + user.replace('User', 'userSchema'),
      addAge,
      'could be that of the table',
    ],
    ['none that fits', zod + user.replace('User', 'Person'), addAge, 'certainly that of the table'],
    [
      'another table',
      zod + user.replace(/\n$/, `.meta({ table: 'people' })\n`),
      addAge,
      'certainly that of the table',
    ],
    ['no import', user, addAge, 'certainly that of the table'],
    [
      'a transformation',
      zod + user.replace('string()', 'string().transform(Number)'),
      nullable,
      'unknown way',
    ],
    [
      'a key in use',
      `${zod}${user}export const login = User.pick({ email: true })\n`,
      dropEmail,
      'another place of the file uses',
    ],
    [
      'a schema in use',
      `${zod}${user}export const all = z.array(User)\n`,
      dropUsers,
      'another place of the file uses User',
    ],
  ])('are left alone with a note in zod: %s', async (_name, text, change, reason) => {
    const result = await editZod(text, stepsOf(change))
    expect(result).toEqual({ text, notes: [expect.stringContaining(reason)] })
  })

  it('are made for the first table where there is no file', async () => {
    const none = await editDrizzle(null, stepsOf(addAge, createNotes))
    expect(none.notes).toEqual([expect.stringContaining('the file does not exist')])
    expect(none.text).toBe(`import { pgTable, integer } from 'drizzle-orm/pg-core'

export const notes = pgTable('notes', {
  id: integer(),
})
`)
    expect((await editZod(null, stepsOf(createNotes))).text).toBe(`import { z } from 'zod'

export const noteSchema = z.object({
  id: z.number().nullable(),
})
export type Note = z.infer<typeof noteSchema>
`)
  })

  it('follow the quotes, semicolons, indentation and line ends of the file', async () => {
    const text = `${head}${users}`
      .replaceAll("'", '"')
      .replaceAll(/\)$/gm, ');')
      .replace('core"', 'core";')
      .replace('{ id', '{\n\tid')
      .replaceAll('\n', '\r\n')
    const result = await editDrizzle(text, stepsOf(createNotes, addAge))
    expect(result.notes).toEqual([])
    expect(result.text?.slice(text.length - 3)).toBe(
      '\tage: integer("age") });\r\n\r\nexport const notes = pgTable("notes", {\r\n\tid: integer("id"),\r\n});\r\n',
    )
  })

  it('say which package to install where the compiler is missing', async () => {
    vi.mocked(loadCompiler).mockResolvedValue(null)
    for (const edit of [editDrizzle, editZod]) {
      expect(await edit(null, stepsOf(createNotes, longer))).toEqual({
        text: null,
        notes: Array(2).fill(
          expect.stringContaining('typescript, version 5 or 6, is not installed'),
        ),
      })
    }
    vi.mocked(loadCompiler).mockRestore()
  })
})
