import { beforeAll, describe, expect, it } from 'vitest'
import { editDrizzle } from '../../../src/change/models/drizzle/edit-drizzle.ts'
import { applyChanges } from '../../../src/change/schema/apply-changes.ts'
import type { ModelChange } from '../../../src/change/schema/model-change.ts'
import type { Catalog } from '../../../src/project/catalog/catalog.ts'
import { postgresDatabase, readCatalog } from '../../../src/postgres.ts'
import { openDrizzle } from '../../support/drizzle-kit.ts'
import { withPostgres } from '../../support/postgres.ts'
import { createRandom } from '../../support/random-plans/random.ts'
import { randomChanges } from '../schema/random-changes.ts'
import { describeStructure } from './describe-structure.ts'
import { drizzleText } from './drizzle-project.ts'
import { migrateModels } from './migrate-models.ts'

const { createDatabase } = withPostgres(18)
const seeds = Array.from({ length: Number(process.env['MODEL_SEEDS'] ?? 2) }, (_, at) => at + 1)
const edited: string[] = []
let notes = 0
let made = 0
let drizzle: Awaited<ReturnType<typeof openDrizzle>>

beforeAll(async () => {
  drizzle = await openDrizzle()
}, 120_000)

async function create(text: string) {
  const { sql } = await createDatabase({ max: 1 })
  await sql.unsafe(await drizzle.print(text))
  return sql
}

/** Leaves out what Drizzle cannot say, so that the rest can be compared. */
async function listSaid(catalog: Catalog, text: string, changes: readonly ModelChange[]) {
  const said: ModelChange[] = []
  for (const change of changes) {
    const applied = applyChanges(catalog, [...said, change])
    if (!applied.ok) continue
    const result = await editDrizzle(text, applied.steps)
    const refused = result.notes.filter((note) => note.includes('is not in the code'))
    if (refused.length === 0) said.push(change)
    notes += refused.length
  }
  made += said.length
  return said
}

/** Returns the lines of a text that are part of no import, and of no statement in which one of these names is a word. */
function linesOutside(text: string, names: readonly string[]) {
  const withoutComments = text.replace(/\n\/\*[^/]*\*\//g, '') // documentation goes with its table
  const blocks = withoutComments.split(/\n(?=export |import )/)
  const isTouched = (block: string) =>
    /^\s*import /.test(block) || names.some((name) => new RegExp(`\\b${name}\\b`).test(block))
  return blocks
    .filter((block) => !isTouched(block))
    .flatMap((block) => block.split('\n'))
    .filter((line) => line.trim() !== '' && !/^export const \w+ = pgSchema/.test(line))
}

/** Returns the tables that changes name, and those with foreign keys to or from them. */
function touchedTables(catalog: Catalog, changes: readonly ModelChange[]): string[] {
  const named = changes.flatMap((change) => [
    change.table,
    ...('to' in change ? [change.to] : []),
    ...('target' in change ? [change.target.table] : []),
  ])
  const linked = catalog.tables.filter(({ name, foreignKeys }) =>
    foreignKeys.some(({ target }) => named.includes(name) || named.includes(target.name)),
  )
  return [...named, ...linked.map(({ name }) => name)]
}

describe('random changes of the code of models of Drizzle', () => {
  it.each(seeds)(
    'declare what the database has, and touch no other line, with seed %i',
    async (seed) => {
      const random = createRandom(seed)
      let number = 0
      const sql = await create(drizzleText)
      let text = drizzleText
      for (let round = 0; round < 3; round++) {
        const catalog = await readCatalog(postgresDatabase(sql))
        const wanted = randomChanges(catalog, random, () => `${seed}_${++number}`)
        const changes = await listSaid(catalog, text, wanted)
        const before = text
        if (changes.length > 0) {
          text = (await migrateModels(sql, { text, changes, edit: editDrizzle })).text
        }
        const tables = touchedTables(catalog, changes)
        expect(linesOutside(text, tables)).toEqual(linesOutside(before, tables))
      }
      edited.push(text)
      const declared = await create(text)
      expect(await describeStructure(declared)).toEqual(await describeStructure(sql))
      await Promise.all([sql.end(), declared.end()])
    },
    60_000,
  )

  it('compile, and are nearly all of what is asked for', async () => {
    expect(made).toBeGreaterThan(notes * 9)
    expect(edited).toHaveLength(seeds.length)
    for (let at = 0; at < edited.length; at += 10) {
      expect(await drizzle.check(edited.slice(at, at + 10))).toEqual([])
    }
  }, 600_000)
})
