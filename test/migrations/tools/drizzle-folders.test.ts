import { cp, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withDrizzleKit } from '../../support/drizzle.ts'
import { statesOf } from '../../support/migrations.ts'

const pause = () => new Promise((resolve) => setTimeout(resolve, 1100)) // drizzle-kit names folders by the second
type Tables = Readonly<Record<string, readonly string[]>>
const one = { a: ['id'] }
const two = { ...one, b: ['id'] }

describe('drizzleMigrations, folders of Drizzle 1', () => {
  const spec = 'drizzle-orm@1.0.0-rc.4 drizzle-kit@1.0.0-rc.4 pg@8.23.1'
  const drizzle = withDrizzleKit('migrate-drizzle1', spec)

  /** Two migrations with the same parent, as two branches leave them after a merge. */
  async function setUpBranches(mine: Tables, theirs: Tables) {
    const place = await drizzle.setUp()
    const { workshop, generate } = place
    const out = join(workshop.path, 'out')
    const newest = async () => (await readdir(out)).sort().at(-1) ?? ''
    await generate('base', one)
    await pause()
    await generate('mine', mine)
    const name = await newest()
    await cp(join(out, name), join(workshop.path, 'aside'), { recursive: true })
    await workshop.remove(`out/${name}`)
    await pause()
    await generate('theirs', theirs)
    const other = await newest()
    const merge = () => cp(join(workshop.path, 'aside'), join(out, name), { recursive: true })
    return { ...place, mine: name, theirs: other, merge }
  }

  it('Drizzle 1 migrations are pending until drizzle-kit migrate runs, then applied, with the time they ran', async () => {
    const { generate, migrate, list } = await drizzle.setUp()
    await generate('one', one)
    expect((await list()).sources[0]).toMatchObject({ status: 'uninitialised' })
    await migrate()
    await pause()
    await generate('two', two)
    const { answer } = await migrate()
    expect(answer.migrations.map(({ state }) => state)).toEqual(['applied', 'applied'])
    expect(Date.parse(answer.migrations[0]?.applied_at ?? '')).toBeGreaterThan(1_700_000_000_000)
    expect(answer.apps[0]?.head_migrations).toEqual([answer.last_applied])
  })

  it('Drizzle 1 branches that change different tables do not conflict, and an older branch runs next', async () => {
    const branches = await setUpBranches({ ...one, b: ['id'] }, { ...one, c: ['id'] })
    const { merge, migrate, kit, list, mine, theirs, tables } = branches
    await migrate()
    await merge()
    const answer = await list()
    expect(statesOf(answer)).toMatchObject({ [mine]: 'pending', [theirs]: 'applied' })
    expect(answer.apps[0]).toMatchObject({ head_migrations: [mine, theirs], conflicts: [] })
    expect((await kit('check')).output).toContain('fine')
    await migrate()
    expect(await tables()).toEqual(['a', 'b', 'c'])
  })

  it('Drizzle 1 branches that change the same table conflict, as drizzle-kit check reports', async () => {
    const { merge, kit, list } = await setUpBranches({ a: ['id', 'x'] }, { a: ['id', 'x', 'y'] })
    await merge()
    const { output } = await kit('check')
    expect(output).not.toContain('fine')
    expect((await list()).apps[0]?.conflicts).toEqual([
      expect.stringMatching(/change a on separate branches/),
    ])
  })

  it('a Drizzle 1 migration is modified after an edit and missing without its folder, although Drizzle ignores both', async () => {
    const { workshop, generate, migrate, list } = await drizzle.setUp()
    await generate('one', one)
    await migrate()
    const [name = ''] = await readdir(join(workshop.path, 'out'))
    await workshop.write(`out/${name}/migration.sql`, 'create table other (id int)')
    expect(statesOf(await list())).toEqual({ [name]: 'modified' })
    expect((await migrate()).code).toBe(0)
    await workshop.remove(`out/${name}`)
    await workshop.write('out/.keep', '')
    expect((await list()).orphans).toMatchObject([{ name, state: 'missing' }])
  })

  it('all Drizzle 1 migrations of a failed run stay pending', async () => {
    const { workshop, generate, migrate } = await drizzle.setUp()
    await generate('one', one)
    await workshop.write('out/20990101000000_late/migration.sql', 'select nothing')
    const { code, answer } = await migrate()
    expect(code).not.toBe(0)
    expect(answer.migrations.map(({ state }) => state)).toEqual(['pending', 'pending'])
  })

  it('Drizzle 1 migrations recorded before 1.0 are matched by second, then by hash, until Drizzle stores their names', async () => {
    const { sql, generate, kit, list, migrate } = await drizzle.setUp()
    await generate('one', one)
    await migrate()
    await sql.unsafe(`alter table drizzle.__drizzle_migrations drop name, drop applied_at;
      update drizzle.__drizzle_migrations set created_at = created_at + 345`)
    expect((await list()).migrations).toMatchObject([{ state: 'applied', applied_at: null }])
    expect((await kit('migrate')).code).toBe(0)
    const rows = await sql`select name from drizzle.__drizzle_migrations`
    expect(rows).toMatchObject([{ name: (await list()).migrations[0]?.name }])
  })
})
