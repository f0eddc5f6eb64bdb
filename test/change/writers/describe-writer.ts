import { mkdir, readFile, writeFile } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import type { Sql } from 'postgres'
import { describe, expect, it } from 'vitest'
import {
  type MigrationPart,
  toMigrationParts,
  toReverseParts,
} from '../../../src/change/ddl/migration-parts.ts'
import { printStatements } from '../../../src/change/ddl/print-statements.ts'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import { structureChecksum } from '../../../src/change/schema/catalog-structure.ts'
import { modelChangesSchema } from '../../../src/change/schema/model-change.ts'
import { findWriter } from '../../../src/change/writers/find-writer.ts'
import type {
  NewMigration,
  WrittenMigration,
} from '../../../src/change/writers/migration-writer.ts'
import type { MigrationSource } from '../../../src/index.ts'
import { folderFiles } from '../../../src/migrations/core/files.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { statesOf, withTool } from '../../support/migrations.ts'

/** An installed tool: its `setUp`, `run` and `load`. */
export type Tool = ReturnType<typeof withTool>

/** A database and a folder of one test. */
export type Place = Awaited<ReturnType<Tool['setUp']>>

/** How a test runs a tool in a project. */
export interface Commands {
  /** Runs everything that waits; rejects if the tool fails. */
  up(): Promise<unknown>
  /** Takes back the newest migrations, as many as given; rejects if the tool fails. */
  down?(count: number): Promise<unknown>
}

/** A tool whose writer is tested, with a project that has two migrations. */
export interface WriterCase {
  readonly title: string
  /** The folder of the installed packages, and their versions. */
  readonly packages: readonly [name: string, spec: string]
  /** The folder of the migrations, relative to the project. */
  readonly folder: string
  readonly toSource: (folder: string) => MigrationSource
  /** True if the tool can take back a migration. */
  readonly rollsBack: boolean
  /** Makes the project with its first two migrations, and returns how to run the tool there. */
  prepare(place: Place, tool: Tool): Promise<Commands>
  /** Tests of its own, beside those for every tool. */
  more?(open: () => Promise<Project>): void
}

/** A project of a tool in which migrations can be written. */
export interface Project extends Commands {
  readonly place: Place
  readonly sql: Sql
  /** Reads a file of the migrations; null where there is none. */
  read(path: string): Promise<string | null>
  /** Writes a migration, twice with the same bytes, and puts it into the folder. */
  write(part: Pick<NewMigration, 'title' | 'up' | 'down'>, now?: number): Promise<WrittenMigration>
}

/** The time that names get: later than every migration of the tests. */
const later = Date.UTC(2030, 0, 2, 3, 4, 5)

const evil = "it's `x` ${y} -- ? :z {{a}} $$ $1 %s %(p)s\t;\nnext' line"
/** A name that ends the quotes of one tool or another. */
const odd = 'Od`d ${x} \' -- ? :y {{z}} $$ %s " /*'
const tables = `
  create table customers (id integer primary key, "Full Name" text);
  create table "${odd.replaceAll('"', '""')}" ("I\`d \${1}?" integer, other text);
  insert into customers values (1, 'a'), (2, null)`

/** A table, columns with defaults, an index and keys on tables that exist, with texts that end quotes. */
const changes = modelChangesSchema.parse([
  {
    op: 'create_table',
    table: 'phones',
    columns: [
      { name: 'id', type: 'integer', nullable: false },
      { name: 'note', type: 'text', default: { kind: 'value', value: evil } },
    ],
    primary_key: ['id'],
  },
  { op: 'add_column', table: 'customers', column: { name: 'phone', type: 'integer' } },
  {
    op: 'add_column',
    table: odd,
    column: { name: 'more', type: 'text', default: { kind: 'value', value: evil } },
  },
  { op: 'rename_column', table: 'customers', column: 'Full Name', to: 'name' },
  { op: 'add_index', table: odd, columns: ['I`d ${1}?', 'other'], name: 'odd_idx' },
  {
    op: 'add_foreign_key',
    table: 'customers',
    columns: ['phone'],
    target: { table: 'phones', columns: ['id'] },
  },
  {
    op: 'add_check',
    table: odd,
    name: 'odd_check',
    check: { kind: 'one_of', column: 'other', values: [evil, odd] },
  },
])

const inTransaction = (sql: readonly string[]): MigrationPart => ({ isTransaction: true, sql })

/** Each test starts the tool several times. Without `npm run test:writers` only the first one runs. */
const isWhole = process.env['WRITERS'] === 'all'

/** Describes the writer of a tool by what the tool does with its files. */
export function describeWriter(given: WriterCase): void {
  const { title, packages, folder, toSource, rollsBack, prepare, more } = given
  const end = rollsBack ? ', and takes it back' : ''
  describe(`the writer of ${title}`, () => {
    const tool = withTool(...packages)
    const open = async (): Promise<Project> => {
      const place = await tool.setUp((path) => toSource(join(path, folder)))
      const commands = await prepare(place, tool)
      await commands.up()
      await place.sql.unsafe(tables)
      expect(commands.down !== undefined).toBe(rollsBack)
      return toProject(place, commands, { folder, toSource })
    }

    it(`${title} runs what was written and reaches the predicted structure${end}`, async () => {
      expect(await proveChanges(await open())).not.toEqual([])
    })

    it.runIf(isWhole)(
      `${title} waits only as long for a lock as the transaction of a written part says`,
      async () => {
        const { sql, up, write } = await open()
        const text = "CREATE TABLE probe AS SELECT current_setting('lock_timeout') AS waits;"
        await write({
          title: 'probe',
          up: [inTransaction(["SET LOCAL lock_timeout = '5s';", text])],
          down: null,
        })
        await up()
        expect(await sql`select waits from probe`).toEqual([{ waits: '5s' }])
      },
    )

    it.runIf(isWhole)(
      `${title} keeps what cannot be undone, and a clock that is behind gives a later name`,
      async () => {
        expect(await proveIrreversible(await open())).toBe(true)
      },
    )
    more?.(open)
  })
}

function toProject(
  place: Place,
  commands: Commands,
  { folder, toSource }: Pick<WriterCase, 'folder' | 'toSource'>,
): Project {
  const root = join(place.workshop.path, folder)
  const read = (path: string) => readFile(join(root, path), 'utf8').catch(() => null)
  return {
    ...commands,
    place,
    sql: place.sql,
    read,
    async write(part, now = later) {
      const source = toSource(root)
      const { migrations } = await source.discover('shop')
      const paths = await folderFiles(root).list()
      const writer = await findWriter(source.tool)
      const given = { ...part, now, migrations, paths, read }
      const written = await writer?.(given)
      if (!written || 'unsupported' in written) throw new Error(written?.unsupported ?? 'No writer')
      expect(await writer?.(given)).toEqual(written)
      for (const { path, content } of written.files) {
        await mkdir(dirname(join(root, path)), { recursive: true })
        await writeFile(join(root, path), content)
      }
      const after = (await source.discover('shop')).migrations.map(({ name }) => name)
      expect(after).toEqual([...migrations.map(({ name }) => name), ...written.names])
      return written
    },
  }
}

async function proveChanges({ sql, place, up, down, write }: Project) {
  const before = await readCatalog(postgresDatabase(sql))
  const applied = applyChanges(before, changes)
  if (!applied.ok) throw new Error(JSON.stringify(applied.faults))
  const statements = printStatements(before, changes)
  const parts = toMigrationParts(statements)
  expect(parts.some(({ isTransaction }) => !isTransaction)).toBe(true)
  const written = await write({ title: 'add_phones', up: parts, down: toReverseParts(statements) })
  await up()
  const answer = await place.list()
  expect(Object.values(statesOf(answer))).toEqual(answer.migrations.map(() => 'applied'))
  expect(answer.apps[0]?.conflicts).toEqual([])
  expect(answer.sources[0]?.problems).toEqual([])
  expect(await checksumOf(sql)).toBe(await structureChecksum(applied.catalog))
  if (!down) return written.names
  await down(written.names.length)
  expect(await checksumOf(sql)).toBe(await structureChecksum(before))
  const undone = statesOf(await place.list())
  expect(written.names.map((name) => undone[name])).toEqual(written.names.map(() => 'pending'))
  await up()
  expect(await checksumOf(sql)).toBe(await structureChecksum(applied.catalog))
  return written.names
}

async function proveIrreversible({ sql, place, up, down, write }: Project) {
  const drop = inTransaction([
    "SET LOCAL lock_timeout = '5s';",
    'ALTER TABLE customers DROP COLUMN "Full Name";',
  ])
  await write({ title: 'drop_name', up: [drop], down: null }, 0)
  await up()
  const states = Object.values(statesOf(await place.list()))
  expect(states).toEqual(['applied', 'applied', 'applied'])
  const after = await checksumOf(sql)
  const isRefused = await (down?.(1) ?? Promise.reject()).then(
    () => false,
    () => true,
  )
  expect(await checksumOf(sql)).toBe(after)
  return isRefused
}

/** Returns the checksum of what a database looks like now. */
async function checksumOf(sql: Sql): Promise<string> {
  return structureChecksum(await readCatalog(postgresDatabase(sql)))
}

/** Runs a script of the tool; rejects with its output if it fails. */
export async function runOrFail(
  run: Promise<{ readonly code: number; readonly output: string }>,
): Promise<string> {
  const { code, output } = await run
  if (code !== 0) throw new Error(output)
  return output
}
