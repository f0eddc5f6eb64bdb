import type { Sql } from 'postgres'
import { expect, it } from 'vitest'
import { definePlanner } from '../../../src/adapters/node.ts'
import type { Studio } from '../../../src/index.ts'
import { scriptedModel } from '../../../src/testing.ts'
import { createShop } from '../../support/codegen.ts'
import { injection, lyingTurns } from '../../support/lying-planner.ts'
import { createPlanStudio } from '../../support/plans.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createRandom } from '../../support/random-plans/random.ts'
import { createFolder, type TestFolder } from '../../support/workspace.ts'

const { createDatabase } = withPostgres()

/** How many models lie; `npm run campaign:plans` tries 200. */
const count = Number(process.env['LYING_PLANS'] ?? 8)
const firstSeed = Number(process.env['LYING_SEED'] ?? 1)

async function readWorld(sql: Sql, folder: TestFolder) {
  const columns =
    await sql`select attrelid::regclass::text as name, attname, atttypid from pg_attribute
    join pg_class c on c.oid = attrelid join pg_namespace n on n.oid = relnamespace
    where nspname in ('shop', 'public') and attnum > 0 order by 1, 2`
  const rows = await sql`select (select json_agg(o) from shop.orders o) as orders,
    (select json_agg(c) from shop.customers c) as customers, (select json_agg(k) from shop.kept k) as kept,
    (select json_agg(m) from aksara_migrations m) as history`
  return {
    columns: [...columns],
    rows: [...rows],
    files: await folder.tree(),
    outside: await folder.outside(),
  }
}

it(
  `has no effect that nobody approved, whatever ${count} models hand in`,
  async () => {
    const { sql } = await createDatabase({ max: 3 })
    const folder = await createFolder({ 'src/a.ts': 'a\n' })
    await createShop(sql, folder)
    await sql.unsafe(`comment on column shop.orders.note is '${injection}'`)
    await sql`insert into shop.customers (name) values (${injection})`
    const before = await readWorld(sql, folder)
    const seen = { plans: 0, refused: 0 }
    for (let seed = firstSeed; seed < firstSeed + count; seed++) {
      const held: { studio?: Studio } = {}
      const planner = definePlanner({
        model: scriptedModel(lyingTurns(createRandom(seed))),
        studio: () => held.studio as Studio,
      })
      const options = { planner: 'planner', approve: 'always' } as const
      const studio = await createPlanStudio(folder, sql, { agents: [planner], changes: options })
      held.studio = studio.studio
      const { status } = await studio.preview({ intent: `Lie ${seed}` })
      expect({ seed, isKnown: status === 200 || status === 422 }).toEqual({ seed, isKnown: true })
      const { body } = await studio.get('/ai/changes?limit=100')
      const { changes } = body as { changes: { status: string; kind: string }[] }
      expect({ seed, isFew: changes.length <= 3 }).toEqual({ seed, isFew: true })
      expect(changes.filter((each) => each.status !== 'pending' || each.kind !== 'plan')).toEqual(
        [],
      )
      seen.plans += changes.length
      seen.refused += Number(status === 422)
      const isLookedAt = seed % 25 === 0
      const world = isLookedAt ? await readWorld(sql, folder) : before
      expect({ seed, ...world }).toEqual({ seed, ...before })
      await studio.studio.close()
    }
    expect(await readWorld(sql, folder)).toEqual(before)
    // both happened, or the scripts are too tame
    expect(seen.plans).toBeGreaterThan(0)
    expect(seen.refused).toBeGreaterThan(0)
  },
  60_000 + count * 5_000,
)
