import postgres, { type Sql } from 'postgres'
import { describe, expect, it } from 'vitest'
import { databaseModels } from '../../../src/postgres.ts'
import { foreignSchemas } from '../../support/foreign-schemas.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createQueryStudio } from '../../support/query.ts'
import { evaluatePlan, type RandomPlan } from '../../support/random-plans/evaluate.ts'
import { fillTables } from '../../support/random-plans/fill.ts'
import { makePlan } from '../../support/random-plans/generate.ts'
import { createRandom } from '../../support/random-plans/random.ts'
import { readTables } from '../../support/random-plans/tables.ts'
import {
  type KnownModel,
  type ListedModel,
  toKnownModels,
} from '../../support/random-plans/world.ts'

/** Plans over all schemas together; `npm run test:plans` runs 2,000. */
const plans = Number(process.env['RANDOM_PLANS'] ?? 150)
const names = ['Medusa product', 'Medusa pricing', 'Backstage catalog']

describe('random plans', () => {
  const { server } = withPostgres(18)

  it.each(names)(
    'over the schema of %s have the rows, order and digits of an evaluation in memory',
    async (name) => {
      const { sql, url } = await createDatabase(server().url(), name)
      const source = foreignSchemas[name]
      if (!source) throw new Error(name)
      await source.create(sql, url)
      const tables = await readTables(sql, source.schema)
      await fillTables(sql, source.schema, tables)
      const studio = createQueryStudio(sql, databaseModels({ schema: source.schema }))
      const listed = await studio.studio.fetch(new Request('http://studio.test/ai/query/models'))
      const { models } = (await listed.json()) as { models: ListedModel[] }
      const known = toKnownModels(models, tables)
      expect(known.length).toBeGreaterThan(5)
      expect(known.flatMap(({ relations }) => relations).length).toBeGreaterThan(5)

      const count = Math.ceil(plans / names.length)
      let found = 0
      for (let seed = 1; seed <= count; seed++) {
        const plan = makePlan(createRandom(seed), known)
        found += Math.min(1, await check(seed, plan, { known, studio }))
      }
      expect(found).toBeGreaterThan(count / 2) // most plans find rows
      await sql.end()
    },
    600_000,
  )
})

/** Creates a database whose texts are sorted by code point, as the evaluation sorts them. */
async function createDatabase(server: string, name: string): Promise<{ sql: Sql; url: string }> {
  const admin = postgres(server, { max: 1 })
  const database = name.toLowerCase().replaceAll(' ', '_')
  await admin.unsafe(
    `create database ${database} template template0 encoding 'UTF8' lc_collate 'C' lc_ctype 'C'`,
  )
  await admin.end()
  const url = new URL(server)
  url.pathname = database
  return { sql: postgres(url.href, { max: 4, onnotice: () => undefined }), url: url.href }
}

async function check(
  seed: number,
  plan: RandomPlan,
  {
    known,
    studio,
  }: {
    readonly known: readonly KnownModel[]
    readonly studio: ReturnType<typeof createQueryStudio>
  },
): Promise<number> {
  const about = `seed ${seed}: ${JSON.stringify(plan)}`
  const { limit = 50, offset = 0 } = plan.pagination ?? {}
  const expected = evaluatePlan(plan, known)
  const { status, body } = await studio.post(plan)
  expect({ about, status, detail: body.detail }).toEqual({ about, status: 200, detail: undefined })
  const limited = expected.length > offset + limit
  expect({ about, ...body }).toMatchObject({ about, limited, unstable: false })
  const page = expected.slice(offset, offset + limit)
  expect({ about, rows: body.rows }).toEqual({ about, rows: page })
  if (seed % 5 !== 0 || expected.length < 2) return expected.length

  // Every fifth plan is read again, page by page behind the cursor.
  const seen: unknown[] = []
  let after: string | null = null
  do {
    const pagination: object = {
      limit: Math.ceil(expected.length / 3),
      ...(after ? { after } : {}),
    }
    const next = await studio.query({ ...plan, pagination })
    seen.push(...(next.rows ?? []))
    after = next.next_cursor
  } while (after !== null)
  expect({ about, rows: seen }).toEqual({ about, rows: expected })
  return expected.length
}
