import ts from 'typescript'
import { describe, expect, it } from 'vitest'
import * as zod from 'zod'
import { editZod } from '../../../src/change/models/zod/edit-zod.ts'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import type { ModelChange } from '../../../src/change/schema/model-change.ts'
import type { Catalog } from '../../../src/project/catalog/catalog.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { runCli } from '../../support/cli.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createRandom } from '../../support/random-plans/random.ts'
import { randomChanges } from '../schema/random-changes.ts'
import { differingLines, migrateModels } from './migrate-models.ts'
import { zodTables, zodText } from './zod-project.ts'

const { createDatabase } = withPostgres(18)
const seeds = Array.from({ length: Number(process.env['MODEL_SEEDS'] ?? 2) }, (_, at) => at + 1)

/** Values that the columns of one type have and those of another do not. */
const values = [
  null,
  undefined,
  1,
  1n,
  true,
  '',
  'new',
  'old',
  ...[20, 21, 40, 41, 80, 81, 200, 201].map((length) => 'x'.repeat(length)),
  new Date(0),
  new Uint8Array(1),
  {},
  [],
  [1],
  ['x'],
  ['new'],
  ['x'.repeat(21)],
]

/** Runs a file of schemas, and returns those of tables with what each field accepts. */
function describeFile(
  text: string,
  tableOf: (name: string, schema: zod.ZodObject) => string | null,
) {
  const { diagnostics, outputText } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { module: ts.ModuleKind.CommonJS, target: ts.ScriptTarget.ES2022 },
  })
  expect(diagnostics?.map(({ messageText }) => messageText)).toEqual([])
  const exported: Record<string, zod.ZodObject> = {}
  new Function('require', 'exports', outputText)(() => zod, exported)
  const found = Object.entries(exported).flatMap(([name, schema]) => {
    const table = tableOf(name, schema)
    return table === null ? [] : [[table, describeFields(schema)] as const]
  })
  return Object.fromEntries(found)
}

function describeFields(schema: zod.ZodObject) {
  const fields = Object.entries(schema.shape) as [string, zod.ZodType][]
  return Object.fromEntries(
    fields.map(([key, field]) => [
      (field.meta()?.['column'] as string | undefined) ?? key,
      values.map((value) => (field.safeParse(value).success ? 1 : 0)).join(''),
    ]),
  )
}

/** The table of a schema: as its documentation says in the output of the command, and as its `.meta` or name says in a file. */
async function compare(text: string, url: string) {
  const { printed } = await runCli(['types', url])
  const documented = new Map(
    [...printed.matchAll(/A row of (\S+)\. \*\/\nexport const (\w+)/g)].map(
      ([, table = '', name = '']) => [name, table],
    ),
  )
  const wanted = describeFile(printed, (name) => documented.get(name) ?? null)
  const own: Record<string, string> = { userSchema: 'users', tagSchema: 'tags' }
  const said = describeFile(text, (name, schema) => {
    const table = schema.meta()?.['table'] as string | undefined
    if (table !== undefined || name === 'pageSchema') return table ?? null
    return own[name] ?? documented.get(name) ?? null
  })
  return { said, wanted }
}

async function open() {
  const { sql, url } = await createDatabase({ max: 1 })
  await sql.unsafe(zodTables)
  return { sql, url }
}

async function change(...changes: object[]) {
  const { sql, url } = await open()
  const result = await migrateModels(sql, { text: zodText, changes, edit: editZod })
  const { said, wanted } = await compare(result.text, url)
  expect(said).toEqual(wanted)
  const { tables } = await readCatalog(postgresDatabase(sql))
  expect(Object.keys(said)).toHaveLength(tables.length)
  return { notes: result.notes, ...differingLines(zodText, result.text) }
}

describe('the code of models of zod', () => {
  it('accepts the rows of the database after new tables and columns', async () => {
    const result = await change(
      {
        op: 'create_table',
        table: 'blog_posts',
        columns: [
          { name: 'id', type: 'bigint', identity: 'always' },
          { name: 'title', type: 'varchar(80)', nullable: false },
          { name: 'mood', type: 'public.mood' },
          { name: 'tags', type: 'text[]' },
          { name: 'raw', type: 'bytea' },
        ],
        primary_key: ['id'],
      },
      { op: 'add_column', table: 'users', column: { name: 'last_seen', type: 'timestamptz' } },
      { op: 'add_column', table: 'orders', column: { name: 'is_paid', type: 'boolean' } },
      { op: 'add_index', table: 'orders', columns: ['note'] },
      { op: 'add_column', table: 'tags', column: { name: 'n', type: 'integer', nullable: false } },
    )
    expect(result).toMatchInlineSnapshot(`
      {
        "added": [
          "  last_seen: z.date().nullable(),",
          "    note: z.string().nullable(),",
          "    is_paid: z.boolean().nullable()",
          "export const tagSchema = z.strictObject({ word: z.string(), order_id: z.number(), n: z.number() })",
          "export const blogPostSchema = z.object({",
          "  id: z.string(),",
          "  title: z.string().max(80),",
          "  mood: z.enum(['new', 'old']).nullable(),",
          "  tags: z.array(z.string()).nullable(),",
          "  raw: z.instanceof(Uint8Array).nullable(),",
          "export type BlogPost = z.infer<typeof blogPostSchema>",
        ],
        "notes": [],
        "removed": [
          "    note: z.string().nullable()",
          "export const tagSchema = z.strictObject({ word: z.string(), order_id: z.number() })",
        ],
      }
    `)
  })

  it('accepts the rows of the database after columns are changed, renamed and dropped', async () => {
    const result = await change(
      { op: 'alter_column', table: 'users', column: 'email', type: 'varchar(200)' },
      { op: 'alter_column', table: 'users', column: 'name', type: 'text' },
      { op: 'alter_column', table: 'users', column: 'nick_name', nullable: false },
      { op: 'alter_column', table: 'users', column: 'made', nullable: false },
      { op: 'alter_column', table: 'orders', column: 'amount', nullable: true },
      { op: 'alter_column', table: 'orders', column: 'customer_id', type: 'bigint' },
      { op: 'rename_column', table: 'users', column: 'nick_name', to: 'called' },
      { op: 'rename_column', table: 'orders', column: 'customer_id', to: 'buyer' },
      { op: 'drop_column', table: 'orders', column: 'note' },
      { op: 'drop_column', table: 'tags', column: 'word' },
    )
    expect(result).toMatchInlineSnapshot(`
      {
        "added": [
          "  email: z.string().max(200), // used to sign in",
          "  name:   z.string().nullable(),",
          "  called: z.string(),",
          "  made: z.date().describe('when'),",
          "    amount: z.string().nullable(),",
          "    customer: z.string().meta({ column: 'buyer' }),",
          "export const tagSchema = z.strictObject({ order_id: z.number() })",
        ],
        "notes": [
          "userSchema.nick_name is now userSchema.called, because rows have the new key",
        ],
        "removed": [
          "  email: z.string().max(80), // used to sign in",
          "  name:   z.string().max(40).nullable(),",
          "  nick_name: z.string().nullable(),",
          "  made: z.date().nullable().describe('when'),",
          "    amount: z.string(),",
          "    customer: z.number().meta({ column: 'customer_id' }),",
          "    note: z.string().nullable()",
          "export const tagSchema = z.strictObject({ word: z.string(), order_id: z.number() })",
        ],
      }
    `)
  })

  it('accepts the rows of the database after tables are renamed and dropped', async () => {
    const result = await change(
      { op: 'drop_table', table: 'tags' },
      { op: 'rename_table', table: 'users', to: 'people' },
      { op: 'rename_table', table: 'orders', to: 'sales' },
      { op: 'add_column', table: 'people', column: { name: 'age', type: 'integer' } },
    )
    expect(result).toMatchInlineSnapshot(`
      {
        "added": [
          "  age: z.number().nullable(),",
          "}).meta({ table: 'people' })",
          "  .meta({ table: 'sales' })",
        ],
        "notes": [
          "userSchema keeps its name in the code; its table is people",
          "Purchase keeps its name in the code; its table is sales",
        ],
        "removed": [
          "})",
          "  .meta({ table: 'orders' })",
          "export const tagSchema = z.strictObject({ word: z.string(), order_id: z.number() })",
          "export type Tag = z.infer<typeof tagSchema>",
        ],
      }
    `)
  })
})

describe('random changes of the code of models of zod', () => {
  it.each(seeds)('accept the rows of the database, with seed %i', async (seed) => {
    const random = createRandom(seed)
    let number = 0
    const { sql, url } = await open()
    let text = zodText
    for (let round = 0; round < 3; round++) {
      const catalog = await readCatalog(postgresDatabase(sql))
      const wanted = randomChanges(catalog, random, () => `${seed}_${++number}`)
      const changes = await listSaid(catalog, text, wanted)
      if (changes.length > 0)
        text = (await migrateModels(sql, { text, changes, edit: editZod })).text
    }
    const { said, wanted } = await compare(text, url)
    expect(said).toEqual(wanted)
    const { tables } = await readCatalog(postgresDatabase(sql))
    expect(Object.keys(said)).toHaveLength(tables.length)
    await sql.end()
  })
})

async function listSaid(catalog: Catalog, text: string, changes: readonly ModelChange[]) {
  const said: ModelChange[] = []
  for (const one of changes) {
    const applied = applyChanges(catalog, [...said, one])
    if (!applied.ok) continue
    const { notes } = await editZod(text, applied.steps)
    if (notes.every((note) => !note.includes('is not in the code'))) said.push(one)
  }
  return said
}
