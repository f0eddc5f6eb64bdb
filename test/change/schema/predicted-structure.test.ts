import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import { printStatements } from '../../../src/change/ddl/print-statements.ts'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import { structureChecksum, toStructure } from '../../../src/change/schema/catalog-structure.ts'
import type { ModelChange } from '../../../src/change/schema/model-change.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { foreignSchemas } from '../../support/foreign-schemas.ts'
import { describePostgres } from '../../support/postgres.ts'
import { createRandom } from '../../support/random-plans/random.ts'
import { migrate, undo } from './migrate.ts'
import { randomChanges } from './random-changes.ts'
import { shop } from './shop.ts'

const seed = Number(process.env['CHANGES_SEED'] ?? Date.now() % 1_000_000)
const lists = Number(process.env['CHANGES_LISTS'] ?? 40)

const schemas: Readonly<Record<string, (sql: Sql, url: string) => Promise<unknown>>> = {
  shop: (sql) => sql.unsafe(shop),
  'Backstage catalog': (sql, url) => created('Backstage catalog', sql, url),
  'Medusa pricing': (sql, url) => created('Medusa pricing', sql, url),
  'Medusa product': (sql, url) => created('Medusa product', sql, url),
}

async function created(name: string, sql: Sql, url: string) {
  const schema = foreignSchemas[name]
  if (!schema) throw new Error(`No schema ${name}`)
  await schema.create(sql, url)
}

describePostgres('random changes', ({ createDatabase }) => {
  it.each(Object.keys(schemas))(
    'the statements give %s the structure that was predicted, and their reverse takes it away',
    async (name) => {
      const { sql, url } = await createDatabase({ max: 1 })
      await schemas[name]?.(sql, url)
      const random = createRandom(seed)
      let number = 0
      const fresh = () => String(++number)
      const tried: Record<string, number> = {}
      for (let list = 0; list < lists; list++) {
        const catalog = await readCatalog(postgresDatabase(sql))
        const changes = randomChanges(catalog, random, fresh)
        for (const { op } of changes) tried[op] = (tried[op] ?? 0) + 1
        await check(sql, changes, `seed ${seed}, list ${list}`)
      }
      console.log(`${name}: seed ${seed}, ${lists} lists, ${JSON.stringify(tried)}`)
      expect(Object.keys(tried).length).toBeGreaterThan(6)
    },
    300_000,
  )
})

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
  if ((await structureChecksum(live)) !== (await structureChecksum(applied.catalog))) {
    expect(toStructure(live), told).toEqual(toStructure(applied.catalog))
    throw new Error(`The checksums differ although the structures are equal: ${told}`)
  }
  if (statements.some(({ reverse }) => reverse === null)) return
  await undo(sql, statements).catch((error: Error) => {
    throw new Error(`${told}\n${error.message}`)
  })
  const undone = await readCatalog(postgresDatabase(sql))
  expect(toStructure(undone), told).toEqual(toStructure(before))
}
