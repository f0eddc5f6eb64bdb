import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import { printStatements } from '../../../src/change/ddl/print-statements.ts'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import { structureChecksum, toStructure } from '../../../src/change/schema/catalog-structure.ts'
import type { ModelChange } from '../../../src/change/schema/model-change.ts'
import { toQualified } from '../../../src/health/kit/identifiers.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createRandom } from '../../support/random-plans/random.ts'
import { npmSchemas } from '../../truth/npm-schemas.ts'
import { migrate, undo } from './migrate.ts'
import { randomChanges } from './random-changes.ts'
import { shop } from './shop.ts'

const seed = Number(process.env['CHANGES_SEED'] ?? Date.now() % 1_000_000)
const lists = Number(process.env['CHANGES_LISTS'] ?? 6)
const isAll = process.env['CHANGES_SCHEMAS'] === 'all'

/** A schema made for this test, and those of other projects: four of them, or every one with `CHANGES_SCHEMAS=all`. */
const schemas: Readonly<Record<string, (sql: Sql, url: string) => Promise<unknown>>> = {
  shop: (sql) => sql.unsafe(shop),
  ...Object.fromEntries(
    npmSchemas
      .filter(({ name }) => isAll || /^(backstage|medusa|pg-boss)/.test(name))
      .map(({ name, create }) => [name, create]),
  ),
}

describePostgres('random changes', ({ createDatabase }) => {
  const tried: Record<string, number> = {}

  it.each(Object.keys(schemas))(
    'the statements give %s the structure that was predicted, and their reverse takes it away',
    async (name) => {
      const { sql, url } = await createDatabase({ max: 1 })
      await schemas[name]?.(sql, url)
      await empty(sql)
      const random = createRandom(seed)
      let number = 0
      const fresh = () => String(++number)
      for (let list = 0; list < lists; list++) {
        const catalog = await readCatalog(postgresDatabase(sql))
        const changes = randomChanges(catalog, random, fresh)
        for (const { op } of changes) tried[op] = (tried[op] ?? 0) + 1
        await expect(check(sql, changes, `seed ${seed}, list ${list}`)).resolves.toBeUndefined()
      }
    },
    300_000,
  )

  it('are of most kinds, in all schemas together', () => {
    console.log(`seed ${seed}, ${lists} lists for each schema, ${JSON.stringify(tried)}`)
    expect(Object.keys(tried).length).toBeGreaterThan(6)
  })
})

/** Deletes all rows, because a random check or key would not hold for them. */
async function empty(sql: Sql): Promise<void> {
  const { tables } = await readCatalog(postgresDatabase(sql))
  const names = tables.filter(({ kind }) => kind !== 'foreign').map(toQualified)
  await sql.unsafe(`truncate ${names.join(', ')} cascade`)
}

async function check(sql: Sql, changes: readonly ModelChange[], where: string): Promise<void> {
  const before = await readCatalog(postgresDatabase(sql))
  const applied = applyChanges(before, changes)
  if (!applied.ok) throw new Error(JSON.stringify(applied.faults))
  const statements = printStatements(before, changes)
  const told = `${where}\n${statements.map((one) => one.sql).join('\n')}`
  await migrate(sql, statements).catch((error: Error) => {
    throw new Error(`${told}\n${error.message}`)
  })
  const live = await readCatalog(postgresDatabase(sql))
  const predicted = toStructure(applied.catalog)
  expect({ told, structure: toStructure(live) }).toEqual({ told, structure: predicted })
  expect(await structureChecksum(live)).toBe(await structureChecksum(applied.catalog))
  if (statements.some(({ reverse }) => reverse === null)) return
  await undo(sql, statements).catch((error: Error) => {
    throw new Error(`${told}\n${error.message}`)
  })
  const undone = await readCatalog(postgresDatabase(sql))
  expect({ told, structure: toStructure(undone) }).toEqual({ told, structure: toStructure(before) })
}
