import { describe, expect, it, onTestFinished } from 'vitest'
import { memoryChangesOf } from '../../src/storage/memory/changes.ts'
import { memoryStores } from '../../src/index.ts'
import { fixedClock } from '../../src/testing.ts'
import { watchedParts } from '../support/mortal.ts'
import { createPatchStudio, openTestFolder, type TestFolder } from '../support/workspace.ts'
import { rm } from 'node:fs/promises'

const files = { 'src/a.ts': 'a\n', 'src/b.ts': 'b\n', 'src/deep/c.ts': 'c\n' }
const operations = [
  { type: 'modify_file', path: 'src/a.ts', text: 'A\n' },
  { type: 'modify_file', path: 'src/b.ts', text: '' },
  { type: 'modify_file', path: 'src/deep/c.ts', text: 'C\n' },
  { type: 'modify_file', path: 'src/new/er/d.ts', text: 'D\n' },
]
const never = { changes: { approve: 'never' } } as const

/** A folder, and a process whose writes fail from one step on. */
async function open(failFrom: number, isDead: (step: number) => boolean, code = 'DEAD') {
  const folder = await openTestFolder()
  onTestFinished(() => rm(folder.above, { recursive: true, force: true }))
  for (const [path, text] of Object.entries(files)) await folder.write(path, text)
  const clock = fixedClock()
  const kept = memoryStores({ clock })
  const changes = memoryChangesOf(kept, clock)
  let step = -Infinity
  const names: string[] = []
  const parts = watchedParts(
    { root: folder.root, stores: kept, changes },
    {
      onStep(name) {
        names.push(name)
        if (++step >= failFrom && isDead(step)) throw Object.assign(new Error(code), { code })
      },
    },
  )
  const mortal = await createPatchStudio(folder, { ...parts, ...never, clock })
  const whole = watchedParts(
    { root: folder.root, stores: kept, changes },
    { onStep: () => undefined },
  )
  const other = await createPatchStudio(folder, { ...whole, ...never, clock })
  const start = () => {
    step = 0
    names.length = 0
  }
  return { folder, clock, mortal, other, start, names }
}

const afterOf = (tree: Awaited<ReturnType<TestFolder['tree']>>) => ({
  ...tree,
  'src/a.ts': 'A\n',
  'src/b.ts': '',
  'src/deep/c.ts': 'C\n',
  'src/new': null,
  'src/new/er': null,
  'src/new/er/d.ts': 'D\n',
})

describe('a process that ends while it applies', () => {
  it('leaves the files before or after, never between, whatever its last step was', async () => {
    const ends = new Set<unknown>()
    let steps = Infinity
    for (let last = 1; last <= steps; last++) {
      const { folder, clock, mortal, other, start, names } = await open(last, () => true)
      const before = await folder.tree()
      const shown = await mortal.propose(operations)
      start()
      const { status } = await mortal.apply(shown)
      if (status === 200) steps = names.length
      clock.advance(30_000)
      const { body } = await other.get(`/ai/changes/${shown.id}`)
      const { status: state } = body as { status: string }
      expect(['pending', 'applied']).toContain(state)
      expect(await folder.tree()).toEqual(state === 'applied' ? afterOf(before) : before)
      // whatever happened, the change set can be applied or rolled back now
      const next = state === 'applied' ? await other.rollBack(shown) : await other.apply(shown)
      expect(next).toMatchObject({ status: 200 })
      ends.add(state)
    }
    expect(steps).toBeGreaterThan(10)
    expect([...ends].toSorted()).toEqual(['applied', 'pending'])
  }, 120_000)

  it('leaves the files before or after, never between, when it rolls back', async () => {
    let steps = Infinity
    for (let last = 1; last <= steps; last++) {
      const { folder, clock, mortal, other, start, names } = await open(last, () => true)
      const before = await folder.tree()
      const shown = await mortal.propose(operations)
      await mortal.apply(shown)
      start()
      const { status } = await mortal.rollBack(shown)
      if (status === 200) steps = names.length
      clock.advance(30_000)
      const { body } = await other.get(`/ai/changes/${shown.id}`)
      const { status: state } = body as { status: string }
      expect(['applied', 'rolled_back']).toContain(state)
      expect(await folder.tree()).toEqual(state === 'applied' ? afterOf(before) : before)
    }
    expect(steps).toBeGreaterThan(10)
  }, 120_000)

  it('keeps what somebody else wrote in the meantime, and takes its own files back', async () => {
    const { folder, clock, mortal, other, start, names } = await open(Infinity, () => true)
    const shown = await mortal.propose(operations)
    start()
    await mortal.apply(shown)
    const firstRename = names.indexOf('rename') + 1
    const again = await open(firstRename + 1, () => true)
    const second = await again.mortal.propose(operations)
    again.start()
    expect(await again.mortal.apply(second)).not.toMatchObject({ status: 200 })
    expect(await again.folder.read('src/a.ts')).toBe('A\n')
    await again.folder.write('src/deep/c.ts', 'mine\n')
    again.clock.advance(30_000)
    expect((await again.other.get(`/ai/changes/${second.id}`)).body).toMatchObject({
      status: 'pending',
      events: [
        { type: 'previewed' },
        { type: 'apply_started' },
        { type: 'recovered' },
        { type: 'apply_undone' },
      ],
    })
    expect(await again.folder.read('src/a.ts')).toBe('a\n')
    expect(await again.folder.read('src/deep/c.ts')).toBe('mine\n')
    clock.advance(1)
    expect(await other.get('/ai/changes')).toMatchObject({ status: 200 })
    expect(await folder.read('src/a.ts')).toBe('A\n')
  })
})

describe('a disk that fails', () => {
  it.each([
    ['ENOSPC', 'disk_full'],
    ['EROFS', 'not_permitted'],
    ['EACCES', 'not_permitted'],
    ['EIO', 'disk_failed'],
  ])(
    'with %s at any one step gets a 503 and changes nothing',
    async (code, reason) => {
      let steps = Infinity
      for (let last = 1; last <= steps; last++) {
        // one step of the disk fails, and those after it succeed
        const opened = await open(last, (step) => step === last, code)
        const { folder, mortal, start, names } = opened
        const before = await folder.tree()
        const shown = await mortal.propose(operations)
        start()
        const { status, body } = await mortal.apply(shown)
        if (status === 200) {
          steps = names.length
          continue
        }
        if (['create', 'update'].includes(names[last - 1] ?? '')) continue
        if (names[last - 1] === 'unlink' || names[last - 1] === 'rmdir') continue
        expect(body).toMatchObject({ error: { code: 'unavailable', details: { reason } } })
        expect(status).toBe(503)
        expect(JSON.stringify(body)).not.toContain(folder.root)
        expect(await folder.tree()).toEqual(before)
        expect(await mortal.apply(shown)).toMatchObject({ status: 200 })
      }
    },
    120_000,
  )
})
