import { describe, expect, it } from 'vitest'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import { editPrisma } from '../../../src/change/models/prisma/edit-prisma.ts'
import { parsePrisma } from '../../../src/change/models/prisma/prisma-schema.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createRandom } from '../../support/random-plans/random.ts'
import { printWithPrisma } from '../../support/schema-tools.ts'
import { randomChanges } from '../schema/random-changes.ts'
import { describeTables, migrateModels } from './migrate-models.ts'
import { prismaText } from './prisma-project.ts'

const { createDatabase } = withPostgres(18)
const seeds = Array.from({ length: Number(process.env['MODEL_SEEDS'] ?? 8) }, (_, at) => at + 1)

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
        const changes = randomChanges(catalog, random, () => `${seed}_${++number}`)
        if (changes.length === 0) continue
        // a change that Prisma cannot say is left out, so that the others can be compared
        const said = []
        for (const change of changes) {
          const applied = applyChanges(catalog, [...said, change])
          if (!applied.ok) continue
          const { notes } = await editPrisma(text, applied.steps)
          if (notes.every((note) => !note.includes('is not in the code'))) said.push(change)
        }
        if (said.length > 0) {
          const before = text
          const result = await migrateModels(sql, { text, changes: said, edit: editPrisma })
          text = result.text
          expect(text.includes('// The shop. Nothing here is sorted.')).toBe(true)
          const kept = before.split('\n').filter((line) => /^\s*\/\/(?!\/)/.test(line))
          expect(text.split('\n')).toEqual(expect.arrayContaining(kept))
        }
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
