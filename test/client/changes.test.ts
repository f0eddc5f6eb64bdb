import { describe, expect, it } from 'vitest'
import { conflictOf, createStudioClient, StudioClientError } from '../../src/client.ts'
import { storeKinds } from '../support/stores.ts'
import { createFolder, createPatchStudio } from '../support/workspace.ts'

const toText = (text: string) => [{ type: 'modify_file' as const, path: 'src/a.ts', text }]

describe.each(storeKinds)('the change sets of a client with stores in $name', (store) => {
  const open = async () => {
    const folder = await createFolder({ 'src/a.ts': 'old\n' })
    const { studio, clock } = await createPatchStudio(folder, { store })
    const { changes } = createStudioClient({ fetch: studio.fetch })
    const propose = async (text: string) => {
      const { change_set } = await changes.preview({ operations: toText(text), reason: 'why' })
      if (!change_set) throw new Error('nothing to change')
      return change_set
    }
    const reasonOf = (call: Promise<unknown>) =>
      call.then(
        () => null,
        (error: unknown) => conflictOf(error)?.reason,
      )
    return { folder, clock, changes, propose, reasonOf }
  }

  it('are previewed, read, approved, applied and rolled back', async () => {
    const { folder, changes, propose } = await open()
    const shown = await propose('new\n')
    expect(await folder.read('src/a.ts')).toBe('old\n')
    const change = await changes.get(shown.id)
    expect(change).toMatchObject({ status: 'pending', reason: 'why', digest: shown.digest })
    expect(change.files).toMatchObject([{ original: 'old\n', content: 'new\n' }])
    const decided = await changes.decide(change, { approved: true, reason: 'fine' })
    expect(decided.approval).toMatchObject({ status: 'approved', decision_reason: 'fine' })
    expect(await changes.apply(change)).toMatchObject({ status: 'applied' })
    expect(await folder.read('src/a.ts')).toBe('new\n')
    expect(await changes.rollBack(change.id)).toMatchObject({ status: 'rolled_back' })
    expect(await folder.read('src/a.ts')).toBe('old\n')
  })

  it('are listed over several pages, the latest first, and by status', async () => {
    const { changes, clock, propose } = await open()
    const made: string[] = []
    for (const text of ['a', 'b', 'c']) {
      made.unshift((await propose(text)).id)
      clock.advance(1_000)
    }
    const listed: string[] = []
    for await (const { id } of changes.list({ limit: 2 })) listed.push(id)
    expect(listed).toEqual(made)
    const first = await changes.list({ limit: 2 }).page()
    expect(first.nextCursor).toEqual(expect.any(String))
    expect((await changes.list({ status: 'applied' }).page()).items).toEqual([])
  })

  it('are refused with a reason: not approved, another digest, decided, changed since, expired', async () => {
    const { folder, clock, changes, propose, reasonOf } = await open()
    const shown = await propose('new\n')
    expect(await reasonOf(changes.apply(shown))).toBe('approval_required')
    const other = { id: shown.id, digest: '0'.repeat(64) }
    expect(await reasonOf(changes.decide(other, { approved: true }))).toBe('digest_mismatch')
    await changes.decide(shown, { approved: true })
    expect(await reasonOf(changes.decide(shown, { approved: false }))).toBe('approved')
    await folder.write('src/a.ts', 'edited\n')
    const error: unknown = await changes.apply(shown).catch((reason: unknown) => reason)
    expect(error).toBeInstanceOf(StudioClientError)
    expect(conflictOf(error)).toMatchObject({
      reason: 'changed_since_preview',
      files: ['src/a.ts'],
    })
    clock.advance(3_600_000)
    expect(await reasonOf(changes.apply(shown))).toBe('expired')
    expect(await reasonOf(changes.rollBack(shown.id))).toBe('expired')
  })
})

describe('conflictOf', () => {
  it('returns null for an error that is no conflict of a change set', () => {
    expect(conflictOf(new Error('no'))).toBeNull()
    expect(conflictOf(new StudioClientError('conflict', 'no', { status: 409 }))).toBeNull()
    const other = new StudioClientError('not_found', 'no', {
      status: 404,
      details: { reason: 'x' },
    })
    expect(conflictOf(other)).toBeNull()
  })
})
