import { describe, expect, it } from 'vitest'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import type { ModelChange } from '../../../src/change/schema/model-change.ts'
import { editPrisma } from '../../../src/change/models/prisma/edit-prisma.ts'
import { parsePrisma } from '../../../src/change/models/prisma/parse-schema.ts'
import type { Catalog } from '../../../src/project/catalog/catalog.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createRandom } from '../../support/random-plans/random.ts'
import { printWithPrisma } from '../../support/schema-tools.ts'
import { randomChanges } from '../schema/random-changes.ts'
import { describeTables, migrateModels } from './migrate-models.ts'
import { prismaText } from './prisma-project.ts'

const { createDatabase } = withPostgres(18)
const seeds = Array.from({ length: Number(process.env['MODEL_SEEDS'] ?? 4) }, (_, at) => at + 1)

async function create(text: string) {
  const { sql, url } = await createDatabase({ max: 1 })
  await sql.unsafe(await printWithPrisma(text, url))
  return sql
}

/** Returns the columns of each table that a schema declares. */
function columnsOfText(text: string) {
  const schema = parsePrisma(text)
  if (typeof schema === 'string') throw new Error(schema)
  const models = new Set(schema.models.map(({ name }) => name))
  return Object.fromEntries(
    schema.models.map(({ table, fields }) => [
      table,
      fields
        .filter(({ type }) => !models.has(type))
        .map(({ column }) => column)
        .toSorted(),
    ]),
  )
}

/** Returns the lines outside of the models of these tables; without documentation, which goes with its model. */
function linesOutside(text: string, tables: ReadonlySet<string>) {
  const schema = parsePrisma(text)
  if (typeof schema === 'string') throw new Error(schema)
  const touched = schema.models.filter(({ table }) => tables.has(table))
  return schema.lines.filter(
    (line, at) =>
      !touched.some(({ start, end }) => at >= start && at <= end) &&
      !/^\s*(?:\/\/\/.*)?$/.test(line),
  )
}

/** Returns the tables that changes name, and those to which they have foreign keys. */
function touchedTables(catalog: Catalog, changes: readonly ModelChange[]): ReadonlySet<string> {
  const named = changes.flatMap((change) => [
    change.table,
    ...('to' in change ? [change.to] : []),
    ...('target' in change ? [change.target.table] : []),
  ])
  const targets = catalog.tables
    .filter(({ name }) => named.includes(name))
    .flatMap(({ foreignKeys }) => foreignKeys.map(({ target }) => target.name))
  return new Set([...named, ...targets])
}

/** Leaves out what Prisma cannot say, so that the rest can be compared. */
async function listSaid(catalog: Catalog, text: string, changes: readonly ModelChange[]) {
  const said: ModelChange[] = []
  for (const change of changes) {
    const applied = applyChanges(catalog, [...said, change])
    if (!applied.ok) continue
    const { notes } = await editPrisma(text, applied.steps)
    if (notes.every((note) => !note.includes('is not in the code'))) said.push(change)
  }
  return said
}

describe('random changes of the code of models of Prisma', () => {
  it.each(seeds)(
    'declare what the database has, and touch no other line, with seed %i',
    async (seed) => {
      const random = createRandom(seed)
      let number = 0
      const sql = await create(prismaText)
      let text = prismaText
      for (let round = 0; round < 3; round++) {
        const catalog = await readCatalog(postgresDatabase(sql))
        const made = randomChanges(catalog, random, () => `${seed}_${++number}`)
        const changes = await listSaid(catalog, text, made)
        const before = text
        if (changes.length > 0) {
          text = (await migrateModels(sql, { text, changes, edit: editPrisma })).text
        }
        const tables = touchedTables(catalog, changes)
        expect(linesOutside(text, tables)).toEqual(linesOutside(before, tables))
      }
      const migrated = await describeTables(sql)
      const columns = Object.entries(migrated).map(([name, table]) => [
        name,
        Object.keys(table.columns).toSorted(),
      ])
      expect(columnsOfText(text)).toEqual(Object.fromEntries(columns))
      const declared = await create(text)
      expect(await describeTables(declared)).toEqual(migrated)
      await Promise.all([sql.end(), declared.end()])
    },
  )
})
