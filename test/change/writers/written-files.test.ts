import { describe, expect, it } from 'vitest'
import { findWriter } from '../../../src/change/writers/find-writer.ts'
import type { NewMigration } from '../../../src/change/writers/migration-writer.ts'
import type { MigrationSource } from '../../../src/index.ts'
import {
  alembicMigrations,
  atlasMigrations,
  dbmateMigrations,
  djangoMigrations,
  drizzleMigrations,
  flywayMigrations,
  golangMigrations,
  gooseMigrations,
  graphileMigrations,
  knexMigrations,
  kyselyMigrations,
  memoryFiles,
  sqlMigrations,
} from '../../../src/postgres.ts'
import type { MigrationFiles } from '../../../src/migrations/core/files.ts'

type Files = Readonly<Record<string, string>>
type ToSource = (files: MigrationFiles) => MigrationSource
const later = Date.UTC(2030, 0, 2, 3, 4, 5)
const setTimeout = "SET LOCAL lock_timeout = '5s';"
const add = 'ALTER TABLE a ADD COLUMN b integer;'
const usual: Pick<NewMigration, 'title' | 'up' | 'down'> = {
  title: 'add_b',
  up: [
    { isTransaction: true, sql: [setTimeout, add] },
    { isTransaction: false, sql: ['CREATE INDEX CONCURRENTLY b_idx ON a (b);'] },
  ],
  down: [
    { isTransaction: false, sql: ['DROP INDEX CONCURRENTLY b_idx;'] },
    { isTransaction: true, sql: [setTimeout, 'ALTER TABLE a DROP COLUMN b;'] },
  ],
}

/** Writes a migration into files in memory, and checks that the source lists it after the others. */
async function write(toSource: ToSource, files: Files, part: Partial<NewMigration> = {}) {
  const source = toSource(memoryFiles(files))
  const { migrations } = await source.discover('shop')
  const read = async (path: string) => files[path] ?? null
  const paths = Object.keys(files)
  const writer = await findWriter(source.tool)
  const written = await writer?.({ ...usual, now: later, migrations, paths, read, ...part })
  if (!written || 'unsupported' in written)
    return { unsupported: written?.unsupported, text: {} as Files }
  const text: Files = Object.fromEntries(written.files.map(({ path, content }) => [path, content]))
  const after = await toSource(memoryFiles({ ...files, ...text })).discover('shop')
  expect(after.migrations.map(({ name }) => name)).toEqual([
    ...migrations.map(({ name }) => name),
    ...written.names,
  ])
  return { unsupported: undefined, text, after, written }
}

const upText = (sql: string): Partial<NewMigration> => ({
  up: [{ isTransaction: true, sql: [sql] }],
  down: [{ isTransaction: true, sql: [] }],
})

describe('what is written for tools that do not run here', () => {
  it('a goose migration marks each statement, and one part has NO TRANSACTION', async () => {
    const { text } = await write((files) => gooseMigrations(files), { '00001_a.sql': '' })
    expect(Object.keys(text)).toEqual(['00002_add_b_1.sql', '00003_add_b_2.sql'])
    expect(text['00003_add_b_2.sql']).toBe(`-- +goose NO TRANSACTION
-- +goose Up
-- +goose StatementBegin
CREATE INDEX CONCURRENTLY b_idx ON a (b);
-- +goose StatementEnd

-- +goose Down
-- +goose StatementBegin
DROP INDEX CONCURRENTLY b_idx;
-- +goose StatementEnd
`)
  })

  it('a golang-migrate migration brings its own transaction, and a single statement brings none', async () => {
    const files = { '20240101000000_a.up.sql': '', '20240101000000_a.down.sql': '' }
    const { text } = await write((all) => golangMigrations(all), files)
    expect(text).toEqual({
      '20300102030405_add_b_1.up.sql': `BEGIN;\n${setTimeout}\n${add}\nCOMMIT;\n`,
      '20300102030405_add_b_1.down.sql': `BEGIN;\n${setTimeout}\nALTER TABLE a DROP COLUMN b;\nCOMMIT;\n`,
      '20300102030406_add_b_2.up.sql': 'CREATE INDEX CONCURRENTLY b_idx ON a (b);\n',
      '20300102030406_add_b_2.down.sql': 'DROP INDEX CONCURRENTLY b_idx;\n',
    })
  })

  it('an Atlas migration has its txmode, and the reader of atlas.sum accepts the new sum', async () => {
    const toSource: ToSource = (files) => atlasMigrations(files)
    const first = await write(toSource, {})
    const { text, after } = await write(toSource, first.text, { title: 'more' })
    expect(text['20300102030408_more_2.sql']).toBe(
      '-- atlas:txmode none\n\nCREATE INDEX CONCURRENTLY b_idx ON a (b);\n',
    )
    expect(after?.compare({ journal: [] }).conflicts).toEqual([])
    const torn = { ...first.text, ...text, 'atlas.sum': first.text['atlas.sum'] ?? '' }
    const { compare } = await toSource(memoryFiles(torn)).discover('shop')
    expect(compare({ journal: [] }).conflicts).toEqual([expect.stringContaining('mismatch')])
  })

  it('Alembic runs an index in an autocommit block, and its revision follows the head', async () => {
    const head = `revision = 'aaa1'\ndown_revision = None\n`
    const { text, written } = await write((files) => alembicMigrations(files), {
      'aaa1_a.py': head,
    })
    const [one = '', two = ''] = written?.names ?? []
    expect(text[`${one}_add_b_1.py`]).toContain('down_revision = "aaa1"')
    expect(text[`${two}_add_b_2.py`]).toContain(`down_revision = "${one}"`)
    expect(text[`${two}_add_b_2.py`]).toContain(`def upgrade() -> None:
    with op.get_context().autocommit_block():
        op.execute(
            "CREATE INDEX CONCURRENTLY b_idx ON a (b);"
        )
`)
  })

  it('Django runs an index without a transaction, under the label of its app', async () => {
    const files = {
      '0001_a.py': 'dependencies = []',
      '0002_b.py': "dependencies = [('shop', '0001_a')]",
    }
    const { text } = await write((all) => djangoMigrations(all), files)
    expect(text['0004_add_b_2.py']).toContain('atomic = False')
    expect(text['0004_add_b_2.py']).toContain('dependencies = [("shop", "0003_add_b_1")]')
  })
})

describe('the version of a Flyway script', () => {
  it.each([
    ['V1__a.sql', ['V2', 'V3']],
    ['V007__a.sql', ['V008', 'V009']],
    ['sub/V1.9__a.sql', ['sub/V1.10', 'sub/V1.11']],
    ['V2_3__a.sql', ['V2_4', 'V2_5']],
    ['V20240101000000__a.sql', ['V20300102030405', 'V20300102030406']],
  ])('goes on after %s', async (path, versions) => {
    const { text } = await write((files) => flywayMigrations(files), { [path]: '' })
    const [one, two] = versions
    expect(Object.keys(text)).toEqual([
      `${one}__add_b_1.sql`,
      `${two}__add_b_2.sql`,
      `${two}__add_b_2.sql.conf`,
    ])
    expect(text[`${two}__add_b_2.sql.conf`]).toBe('executeInTransaction=false\n')
  })

  it('has settings beside it where a text would be a placeholder', async () => {
    const { text } = await write(
      (files) => flywayMigrations(files),
      { 'V1__a.sql': '' },
      upText("SELECT '${name}';"),
    )
    expect(text['V2__add_b.sql.conf']).toBe('placeholderReplacement=false\n')
  })
})

describe('the name of a written migration', () => {
  it.each([
    ['0001_a', '0002_add_b_1'],
    ['0009-first-one', '0010-add-b-1'],
    ['20231231235959_a', '20300102030405_add_b_1'],
    ['20991231235959_a', '21000101000000_add_b_1'],
    ['20240101000000000_a', '20300102030405000_add_b_1'],
    ['202401010000_a', '203001020304_add_b_1'],
    ['20240101_a', '20300102_add_b_1'],
    ['1700000000000_a', '1893553445000_add_b_1'],
    ['1700000000.a', '1893553445.add_b_1'],
    ['20240101000061_a', '20240101000062_add_b_1'],
  ])('follows %s in its style', async (before, after) => {
    const { text } = await write((files) => sqlMigrations(files), { [`${before}.sql`]: '' })
    expect(Object.keys(text)[0]).toBe(`${after}.sql`)
  })

  it.each(['first', '9999_a', '2024-01-01_a'])('is not guessed after %s', async (before) => {
    const { unsupported } = await write((files) => sqlMigrations(files), { [`${before}.sql`]: '' })
    expect(unsupported).toContain(before)
  })
})

describe('what a writer refuses', () => {
  const refused: readonly [string, ToSource, Files, string][] = [
    ['dbmate', (all) => dbmateMigrations(all), { '1_a.sql': '' }, "SELECT '\n-- migrate:down\n';"],
    ['goose', (all) => gooseMigrations(all), { '1_a.sql': '' }, "SELECT '\n-- +goose Down\n';"],
    ['goose', (all) => gooseMigrations(all), { '1_a.sql': '' }, "SELECT '\n\n';"],
    ['atlas', (all) => atlasMigrations(all), {}, "SELECT '\n-- atlas:txmode none\n';"],
    ['graphile-migrate', (all) => graphileMigrations(all), {}, "SELECT ':DATABASE_OWNER';"],
    ['knex', (all) => knexMigrations(all), { '1_a.cjs': '' }, "SELECT '\\?';"],
    [
      'alembic',
      (all) => alembicMigrations(all),
      { 'a.py': "revision = 'a'\ndown_revision = None" },
      "SELECT '\\:a';",
    ],
  ]
  it.each(refused)(
    '%s: SQL with something that is its own',
    async (_tool, toSource, files, sql) => {
      const { unsupported } = await write(toSource, files, upText(sql))
      expect(unsupported).toMatch(/^[A-Z].*\.$/)
      const { text } = await write(toSource, files, upText('SELECT 1;'))
      expect(Object.keys(text)).not.toEqual([])
    },
  )

  it('a folder without a migration that shows the language or version of a new one', async () => {
    const sources: readonly ToSource[] = [
      (all) => knexMigrations(all),
      (all) => kyselyMigrations(all),
      (all) => drizzleMigrations(all),
      (all) => alembicMigrations(all),
      (all) => djangoMigrations(all),
    ]
    for (const toSource of sources) {
      expect((await write(toSource, {})).unsupported).toMatch(/^[A-Z].*\.$/)
    }
  })

  it('a way back that does not belong to the parts', async () => {
    await expect(write((all) => sqlMigrations(all), {}, { down: [] })).rejects.toThrow(TypeError)
  })

  it('a tool that has no writer', async () => {
    expect(await findWriter('rails')).toBeNull()
    expect(await findWriter('toString')).toBeNull()
  })
})
