import type { Sql } from 'postgres'
import { beforeAll, expect, it } from 'vitest'
import { postgresStores } from '../../src/postgres.ts'
import { describePostgres } from '../support/postgres.ts'
import { createFolder, createPatchStudio } from '../support/workspace.ts'

describePostgres('two instances on one PostgreSQL', (postgres) => {
  let sql: Sql
  let url: string
  beforeAll(async () => {
    const database = await postgres.createDatabase()
    sql = database.sql
    url = database.url
  })

  it('apply a change set once, however often each is asked', async () => {
    const folder = await createFolder({ 'src/a.ts': '0' })
    const clock = { now: () => Date.now() }
    const options = { changes: { approve: 'never' }, clock } as const
    const first = await createPatchStudio(folder, { ...options, stores: postgresStores(sql) })
    const pool = postgres.openPool(url, { max: 3 })
    const second = await createPatchStudio(folder, { ...options, stores: postgresStores(pool) })
    for (let round = 1; round <= 5; round++) {
      const shown = await first.propose([
        { type: 'replace_text', path: 'src/a.ts', old_text: `${round - 1}`, new_text: `${round}` },
      ])
      const answers = await Promise.all(
        [first, second, first, second].map((studio) => studio.apply(shown)),
      )
      expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409, 409, 409])
      expect(await folder.read('src/a.ts')).toBe(`${round}`)
      const { body } = await second.get(`/ai/changes/${shown.id}`)
      const { events } = body as { events: { type: string }[] }
      expect(events.filter(({ type }) => type === 'applied')).toHaveLength(1)
    }
  }, 60_000)

  it('apply two change sets of the same file so that only one is written', async () => {
    const folder = await createFolder({ 'src/a.ts': 'old' })
    const clock = { now: () => Date.now() }
    const options = { changes: { approve: 'never' }, clock } as const
    const first = await createPatchStudio(folder, { ...options, stores: postgresStores(sql) })
    const pool = postgres.openPool(url, { max: 3 })
    const second = await createPatchStudio(folder, { ...options, stores: postgresStores(pool) })
    const write = (text: string) => [{ type: 'modify_file', path: 'src/a.ts', text }]
    const [one, two] = [await first.propose(write('one')), await second.propose(write('two'))]
    const answers = await Promise.all([first.apply(one), second.apply(two)])
    expect(answers.map(({ status }) => status).toSorted()).toEqual([200, 409])
    expect(await folder.read('src/a.ts')).toBe(answers[0]?.status === 200 ? 'one' : 'two')
  }, 60_000)
})
