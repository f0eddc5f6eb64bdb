import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { withDrizzleKit } from '../../support/drizzle.ts'
import { statesOf, type Workshop } from '../../support/migrations.ts'

interface Journal {
  entries: { tag: string; when: number }[]
}

const readJournal = async ({ path }: Workshop) =>
  JSON.parse(await readFile(join(path, 'out/meta/_journal.json'), 'utf8')) as Journal
const writeJournal = (workshop: Workshop, journal: Journal) =>
  workshop.write('out/meta/_journal.json', JSON.stringify(journal))
const one = { a: ['id'] }
const two = { ...one, b: ['id'] }
const three = { ...two, c: ['id'] }

describe('drizzleMigrations, with a journal', () => {
  const spec = 'drizzle-orm@0.45.4 drizzle-kit@0.31.11 pg@8.23.1'
  const drizzle = withDrizzleKit('migrate-drizzle', spec, 'timestamp')

  it('Drizzle migrations are pending until drizzle-kit migrate runs, then applied', async () => {
    const { generate, migrate, list } = await drizzle.setUp()
    await generate('one', one)
    expect((await list()).sources[0]).toMatchObject({ tool: 'drizzle', status: 'uninitialised' })
    expect((await migrate()).answer.migrations).toMatchObject([{ state: 'applied' }])
    await new Promise((resolve) => setTimeout(resolve, 1100)) // drizzle-kit prefixes files with the time in seconds
    await generate('two', two)
    const { answer } = await migrate()
    expect(answer.migrations).toMatchObject([{ state: 'applied' }, { state: 'applied' }])
    expect(answer.migrations[1]?.dependencies).toEqual([`shop.${answer.migrations[0]?.name}`])
    expect(answer.apps[0]?.head_migrations).toEqual([answer.last_applied])
  })

  it('a Drizzle migration that is older than the newest applied one is skipped_forever', async () => {
    const { workshop, generate, migrate, list, tables } = await drizzle.setUp()
    await generate('one', one)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await generate('two', two)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await generate('three', three)
    const journal = await readJournal(workshop)
    const late = journal.entries[1]?.tag ?? ''
    await writeJournal(workshop, { ...journal, entries: journal.entries.toSpliced(1, 1) })
    await migrate()
    await writeJournal(workshop, journal)
    const answer = await list()
    expect(statesOf(answer)[late]).toBe('skipped_forever')
    expect(answer.apps[0]?.conflicts).toEqual([
      `App 'shop': Drizzle will never run ${late}: later migrations ran first.`,
    ])
    expect((await migrate()).code).toBe(0)
    expect(await tables()).toEqual(['a', 'c'])
  })

  it('Drizzle migrations conflict where drizzle-kit check reports a collision', async () => {
    const { workshop, generate, kit, list } = await drizzle.setUp()
    await generate('one', one)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    const base = await readJournal(workshop)
    await generate('mine', two)
    const mine = (await readJournal(workshop)).entries[1] ?? { tag: '', when: 0 }
    const snapshot = `out/meta/${mine.tag.split('_')[0]}_snapshot.json`
    const text = await readFile(join(workshop.path, snapshot), 'utf8')
    await workshop.remove(snapshot)
    await writeJournal(workshop, base)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await generate('theirs', { ...one, c: ['id'] })
    expect((await list()).apps[0]?.conflicts).toEqual([])
    expect((await kit('check')).output).toContain('fine')
    await workshop.write(snapshot, text)
    const merged = await readJournal(workshop)
    await writeJournal(workshop, { ...merged, entries: [...merged.entries, mine] })
    expect((await kit('check')).output).toMatch(/collision/)
    expect((await list()).apps[0]).toMatchObject({
      has_conflicts: true,
      conflicts: [`App 'shop' has 2 conflicting head migrations that need to be merged.`],
    })
  })

  it('an edited Drizzle migration is modified, although Drizzle ignores the edit', async () => {
    const { workshop, generate, migrate, list } = await drizzle.setUp()
    await generate('one', one)
    await migrate()
    const [entry] = (await readJournal(workshop)).entries
    await workshop.write(`out/${entry?.tag}.sql`, 'create table other (id int)')
    expect((await list()).migrations).toMatchObject([
      { state: 'modified', message: expect.stringContaining('takes no notice') },
    ])
    expect((await migrate()).code).toBe(0)
  })

  it('the message of a Drizzle migration warns of a second run when its time in the journal is raised', async () => {
    const { workshop, generate, kit, migrate, list } = await drizzle.setUp()
    await generate('one', one)
    await migrate()
    const journal = await readJournal(workshop)
    const entries = journal.entries.map((entry) => ({ ...entry, when: entry.when + 5000 }))
    await writeJournal(workshop, { ...journal, entries })
    expect((await list()).migrations[0]?.message).toContain('runs it a second time')
    expect((await kit('migrate')).code).not.toBe(0) // because the table exists already
  })

  it('an applied Drizzle migration that left the journal is an orphan', async () => {
    const { workshop, generate, migrate, list } = await drizzle.setUp()
    await generate('one', one)
    await migrate()
    const journal = await readJournal(workshop)
    await writeJournal(workshop, { ...journal, entries: [] })
    const answer = await list()
    expect(answer.orphans).toMatchObject([
      { state: 'missing', name: expect.stringMatching(/^sha256:/) },
    ])
    expect(answer.sources[0]?.problems).toEqual([expect.stringContaining('not in the journal')])
  })

  it('all Drizzle migrations of a failed run stay pending', async () => {
    const { workshop, generate, migrate } = await drizzle.setUp()
    await generate('one', one)
    await new Promise((resolve) => setTimeout(resolve, 1100))
    await generate('two', two)
    const last = (await readJournal(workshop)).entries[1]?.tag
    await workshop.write(`out/${last}.sql`, 'select nothing')
    const { code, answer } = await migrate()
    expect(code).not.toBe(0)
    expect(answer.migrations.map(({ state }) => state)).toEqual(['pending', 'pending'])
  })

  it('Drizzle migrations are unknown while the journal is not valid JSON', async () => {
    const { workshop, list } = await drizzle.setUp()
    await workshop.write('out/meta/_journal.json', '<<<<<<< HEAD')
    expect((await list()).sources).toMatchObject([{ status: 'unknown' }])
  })
})
