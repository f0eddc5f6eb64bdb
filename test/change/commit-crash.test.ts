import { rm } from 'node:fs/promises'
import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryStores } from '../../src/index.ts'
import { memoryChangesOf } from '../../src/storage/memory/changes.ts'
import { fixedClock } from '../../src/testing.ts'
import { watchedParts } from '../support/mortal.ts'
import { createPatchStudio, openTestFolder } from '../support/workspace.ts'

const operations = [
  { type: 'modify_file', path: 'src/a.ts', text: 'A\n' },
  { type: 'modify_file', path: 'src/new/b.ts', text: 'B\n' },
]

/** A repository, a process whose steps can be watched, and one that comes after it. */
async function open(onStep: (name: string) => void) {
  const folder = await openTestFolder()
  onTestFinished(() => rm(folder.above, { recursive: true, force: true }))
  await folder.write('src/a.ts', 'a\n')
  folder.git('init', '--quiet')
  folder.git('add', '--all')
  folder.git('commit', '--quiet', '-m', 'start')
  const clock = fixedClock()
  const kept = memoryStores({ clock })
  const changes = memoryChangesOf(kept, clock)
  const create = (step: (name: string) => void) =>
    createPatchStudio(folder, {
      ...watchedParts({ root: folder.root, stores: kept, changes, commit: true }, { onStep: step }),
      changes: { approve: 'never' },
      clock,
    })
  const branches = () => folder.git('for-each-ref', '--format=%(refname)', 'refs/heads/studio')
  const other = await create(() => undefined)
  const read = ({ id }: { readonly id: string }) => other.get(`/ai/changes/${id}`)
  return { folder, clock, branches, mortal: await create(onStep), other: { ...other, read } }
}

const dead = () => Object.assign(new Error('DEAD'), { code: 'DEAD' })

describe('a process that ends while it commits', () => {
  it.each(['apply', 'rollBack'] as const)(
    'in %s leaves a branch exactly where the files are applied, whatever its last step was',
    async (act) => {
      const ends = new Set<unknown>()
      let steps = Infinity
      for (let last = 1; last <= steps; last++) {
        let step = -Infinity
        let count = 0
        const { folder, clock, branches, mortal, other } = await open(() => {
          count++
          if (++step >= last) throw dead()
        })
        const shown = await mortal.propose(operations)
        if (act === 'rollBack') await mortal.apply(shown)
        step = 0
        count = 0
        const { status } = await mortal[act](shown)
        if (status === 200) steps = count
        clock.advance(30_000)
        const { body } = await other.read(shown)
        const state = body as { status: string; commit: { id: string } | null }
        const isApplied = state.status === 'applied'
        const branch = `refs/heads/studio/${shown.id}\n`
        const committed = (path: string) =>
          isApplied ? folder.git('show', `studio/${shown.id}:${path}`) : null
        expect({
          a: await folder.read('src/a.ts'),
          branches: branches(),
          tip: isApplied ? folder.git('rev-parse', `studio/${shown.id}`).trim() : undefined,
          texts: ['src/a.ts', 'src/new/b.ts'].map(committed),
        }).toEqual({
          a: isApplied ? 'A\n' : 'a\n',
          branches: isApplied ? branch : '',
          tip: state.commit?.id,
          texts: isApplied ? ['A\n', 'B\n'] : [null, null],
        })
        ends.add(state.status)
        if (last % 3 !== 0) continue // what comes after is slow, and the same for most steps
        const isPending = state.status === 'pending'
        const next = isApplied ? other.rollBack : isPending ? other.apply : other.read
        expect(await next(shown)).toMatchObject({ status: 200 })
        expect(branches()).toBe(isPending ? branch : '')
      }
      expect(steps).toBeGreaterThanOrEqual(8)
      expect(ends.size).toBe(2)
    },
    120_000,
  )
})

describe('a process that ends before it has made its branch', () => {
  /** Ends when all files are in their places. */
  async function end() {
    let isDead = false
    let writes = 0
    const opened = await open((name) => {
      if (name === 'write') writes++
      if (name === 'create' && writes > 0) isDead = true // the branch, not the change set
      if (isDead) throw dead()
    })
    const shown = await opened.mortal.propose(operations)
    expect(await opened.mortal.apply(shown)).not.toMatchObject({ status: 200 })
    expect(await opened.folder.read('src/a.ts')).toBe('A\n')
    expect(opened.branches()).toBe('')
    opened.clock.advance(30_000)
    return { ...opened, shown }
  }

  it('has it made by the next access', async () => {
    const { other, shown, branches } = await end()
    expect(await other.read(shown)).toMatchObject({
      body: { status: 'applied', commit: { branch: `studio/${shown.id}` } },
    })
    expect(branches()).toBe(`refs/heads/studio/${shown.id}\n`)
  })

  it('has its files taken back when another branch has the name meanwhile', async () => {
    const { folder, other, shown } = await end()
    folder.git('branch', `studio/${shown.id}`)
    expect(await other.read(shown)).toMatchObject({
      body: { status: 'pending', commit: null },
    })
    expect(await folder.read('src/a.ts')).toBe('a\n')
    expect(folder.git('rev-parse', `studio/${shown.id}`)).toBe(folder.git('rev-parse', 'HEAD'))
    expect(other.failures).toHaveLength(1)
  })
})
