import { createHash } from 'node:crypto'
import type { Sql } from 'postgres'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import type { MigrationSource } from '../../../src/index.ts'
import {
  alembicMigrations,
  drizzleMigrations,
  gooseMigrations,
  knexMigrations,
  kyselyMigrations,
  memoryFiles,
  sqlMigrations,
  typeormMigrations,
} from '../../../src/postgres.ts'
import { listWith, statesOf } from '../../support/migrations.ts'
import { createSharedDatabase } from '../../support/shared-database.ts'

let sql: Sql
const list = (sources: Readonly<Record<string, MigrationSource>>) => listWith(sources, sql)
const hash = (text: string) => createHash('sha256').update(text).digest('hex')
const script = 'create table a (id int);\n--> statement-breakpoint\ncreate table b (id int);\n'
const windows = script.replaceAll('\n', '\r\n')

beforeAll(async () => {
  ;({ sql } = await createSharedDatabase())
  await sql.unsafe(`
    create table knex_migrations (id serial primary key, name text, batch int, migration_time timestamptz);
    insert into knex_migrations (name, batch) values ('001_a.js', 1), ('002_b.js', 1), ('003_gone.js', 1);
    create table kysely_migration (name text primary key, timestamp text);
    insert into kysely_migration values ('001_a', '2024-01-01T00:00:00Z'), ('002_b', '2024-01-02T00:00:00Z');
    create table goose_db_version (id serial primary key, version_id bigint, is_applied bool, tstamp timestamp);
    insert into goose_db_version (version_id, is_applied) values (0, true), (1, true), (2, true);
    create table migrations (id serial primary key, timestamp bigint, name text);
    insert into migrations (timestamp, name) values (1, 'A1700000000001'), (2, 'B1700000000002');
    create table alembic_version (version_num text); insert into alembic_version values ('ccc'), ('xxx');
    create schema "odd-schema"; create table "odd-schema"."Миграции.2" (name text);
    insert into "odd-schema"."Миграции.2" values ('0001_a'); create table "Migs" (name text); insert into "Migs" values ('0001_a');
    create table lower_case (name text, checksum text); insert into lower_case values ('0001_a', '${hash(windows)}');
    create schema drizzle; create table drizzle.__drizzle_migrations (id serial primary key, hash text, created_at bigint);
    insert into drizzle.__drizzle_migrations (hash, created_at) values ('${hash(script)}', 1000)`)
})
afterAll(() => sql.end())

describe('several folders on one history table', () => {
  it('do not take the migrations of each other for lost', async () => {
    const knex = (name: string) => knexMigrations(memoryFiles({ [name]: 'x' }))
    const answer = await list({ one: knex('001_a.js'), two: knex('002_b.js') })
    expect(statesOf(answer)).toEqual({
      '001_a.js': 'applied',
      '002_b.js': 'applied',
      '003_gone.js': 'missing',
    })
    expect(answer.orphans.map(({ name }) => name)).toEqual(['003_gone.js'])
  })

  it('have no parted histories while a migration of one of them waits', async () => {
    const kysely = (...names: string[]) =>
      kyselyMigrations(memoryFiles(Object.fromEntries(names.map((name) => [`${name}.ts`, 'x']))))
    const goose = (...names: string[]) =>
      gooseMigrations(memoryFiles(Object.fromEntries(names.map((name) => [`${name}.sql`, 'x']))))
    const answer = await list({
      one: kysely('001_a'),
      two: kysely('002_b', '003_next'),
      three: goose('00001_a'),
      four: goose('00002_b', '00003_next'),
    })
    expect(answer.orphans).toEqual([])
    expect(answer.apps.flatMap(({ conflicts }) => conflicts)).toEqual([])
    expect(
      answer.migrations.map(({ app_label, name, state }) => `${app_label}.${name} ${state}`),
    ).toEqual([
      'four.00002_b applied',
      'four.00003_next pending',
      'one.001_a applied',
      'three.00001_a applied',
      'two.002_b applied',
      'two.003_next pending',
    ])
  })
})

describe('names of history tables', () => {
  it.each([['Migs'], ['"Migs"'], ['public.Migs'], ['"odd-schema"."Миграции.2"'], ['LOWER_CASE']])(
    'the table %s is found',
    async (table) => {
      const source = sqlMigrations(memoryFiles({ '0001_a.sql': script }), { table })
      expect(statesOf(await list({ one: source }))).toEqual({ '0001_a': 'applied' })
    },
  )

  it.each([[''], ['a.b.c'], ['a"b']])('the table name %j is refused', (table) => {
    expect(() => sqlMigrations(memoryFiles({}), { table })).toThrow(TypeError)
  })
})

describe('a checkout with other line endings', () => {
  const drizzle = (text: string) =>
    drizzleMigrations(
      memoryFiles({
        'meta/_journal.json': JSON.stringify({ entries: [{ tag: '0000_a', when: 1000 }] }),
        '0000_a.sql': text,
      }),
    )

  it('is applied, says so, and has the same checksum', async () => {
    const unix = await list({ one: drizzle(script) })
    const other = await list({ one: drizzle(windows) })
    expect(unix.migrations[0]).toMatchObject({ state: 'applied', message: null })
    expect(other.migrations[0]).toMatchObject({
      state: 'applied',
      message: 'Only its line endings differ from what ran.',
    })
    expect(other.migrations_checksum).toBe(unix.migrations_checksum)
    expect((await list({ one: drizzle(`${windows}-- more`) })).migrations[0]?.state).toBe(
      'modified',
    )
  })

  it('is applied in a plain folder whose rows have the checksum of the other checkout', async () => {
    const plain = (text: string) =>
      list({ one: sqlMigrations(memoryFiles({ '0001_a.sql': text }), { table: 'lower_case' }) })
    expect(statesOf(await plain(script))).toEqual({ '0001_a': 'applied' })
    expect(statesOf(await plain(windows))).toEqual({ '0001_a': 'applied' })
    expect(statesOf(await plain('select 1'))).toEqual({ '0001_a': 'modified' })
  })
})

describe('files that are read, not run', () => {
  const typeorm = (text: string) => typeormMigrations(memoryFiles({ 'all.ts': text }))

  it.each([
    ['two classes', 'export class A1700000000001 {}\nexport class B1700000000002 {}'],
    [
      'a comment that names an older class',
      '// after class Z1600000000000\nexport class A1700000000001 {}\n/* class Y1500000000000 */ export class B1700000000002 {}',
    ],
    [
      'a string that names a class',
      'export class A1700000000001 { up() { return "class Z1600000000000" } }\nexport class B1700000000002 { a = `class Y1500000000000` }',
    ],
    [
      'names as properties',
      'export default class { name = \'A1700000000001\' }\nexport class Other { readonly name: string = "B1700000000002"; up() {} }',
    ],
    [
      'compiled classes',
      'var A1700000000001 = (function () { function A1700000000001() {} return A1700000000001 })()\nclass B1700000000002 {}',
    ],
  ])('TypeORM finds the migrations of a file with %s', async (_what, text) => {
    const answer = await list({ one: typeorm(text) })
    expect(statesOf(answer)).toEqual({ A1700000000001: 'applied', B1700000000002: 'applied' })
    expect(answer.apps[0]?.conflicts).toEqual([])
  })

  it.each([["'core'"], ["'core@head'"], ["'aa'"], ["('core',)"]])(
    'Alembic resolves depends_on = %s',
    async (need) => {
      const answer = await list({
        one: alembicMigrations(
          memoryFiles({
            'a.py':
              "'''revision = 'zzz'\nrevision = \"no\"\n'''\nrevision = 'aaa'\ndown_revision = None\nbranch_labels = ('core',)\n",
            'c.py': "revision = 'ccc'\ndown_revision = 'aaa'\n",
            'x.py': `revision = 'xxx'\ndown_revision = None\nbranch_labels = 'billing'\ndepends_on = ${need}\n`,
          }),
        ),
      })
      expect(statesOf(answer)).toEqual({ aaa: 'applied', ccc: 'applied', xxx: 'applied' })
      expect(answer.apps[0]?.conflicts).toEqual([])
    },
  )

  it('a journal that cannot be read is named in the list of sources', async () => {
    const source = drizzleMigrations(memoryFiles({ 'meta/_journal.json': '{ broken' }))
    const { sources } = await list({ one: source })
    expect(sources[0]).toMatchObject({ status: 'unknown' })
    expect(sources[0]?.problems.join()).toMatch(/_journal\.json is malformed/)
  })
})
