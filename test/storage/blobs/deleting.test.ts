import { describe, expect, it } from 'vitest'
import { blobStores } from '../../../src/blobs.ts'
import { StudioError } from '../../../src/index.ts'
import { shardedStores } from '../../../src/postgres.ts'
import { memoryStores } from '../../../src/storage/memory/index.ts'
import type { RunStore, Stores } from '../../../src/storage/store.ts'
import { fixedClock, memoryBlobs } from '../../../src/testing.ts'
import { answerOf, newRun, newSession, promptOf, startRun, succeed } from '../../support/records.ts'

const dayMs = 86_400_000

function createFixture(
  open: (clock: ReturnType<typeof fixedClock>) => Stores = (clock) => memoryStores({ clock }),
) {
  const clock = fixedClock()
  const blobs = memoryBlobs({ clock })
  const plain = open(clock)
  const stores = blobStores(plain, blobs, { minBytes: 500, clock })
  const keys = async () => (await blobs.list('runs/', null)).items.map(({ key }) => key)
  return { clock, blobs, plain, stores, keys }
}

async function endedRun(stores: Stores, sessionId: string | null = null) {
  const ref = await startRun(stores, { sessionId })
  await stores.runs.commit(ref, { messages: [answerOf('x'.repeat(2_000) + ref.runId)] })
  await stores.runs.commit(ref, { release: succeed })
  return ref.runId
}

describe('blobs', () => {
  it('are deleted with their session, and those of other runs stay', async () => {
    const { stores, keys } = createFixture()
    const { id } = await stores.sessions.create(newSession())
    for (let run = 0; run < 3; run++) await endedRun(stores, id)
    const kept = await endedRun(stores)
    expect(await keys()).toHaveLength(4)
    expect(await stores.sessions.delete('other', id)).toBe(false)
    expect(await keys()).toHaveLength(4)
    expect(await stores.sessions.delete('', id)).toBe(true)
    expect(await keys()).toEqual([expect.stringContaining(kept)])
  })

  it('that a deletion could not reach are found by prune', async () => {
    const { clock, blobs, plain, keys } = createFixture()
    const failing = { ...blobs, list: () => Promise.reject(new Error('away')) }
    const stores = blobStores(plain, failing, { minBytes: 500, clock })
    const { id } = await stores.sessions.create(newSession())
    await endedRun(stores, id)
    expect(await stores.sessions.delete('', id)).toBe(true)
    expect(await keys()).toHaveLength(1)
    await expect(stores.prune?.()).rejects.toMatchObject({ code: 'unavailable' })
    clock.advance(dayMs + 1)
    const again = blobStores(plain, blobs, { minBytes: 500, clock })
    expect(await again.prune?.()).toMatchObject({ blobs: 1 })
    expect(await keys()).toEqual([])
  })

  it('of a run that was not admitted are deleted at once, but not those of an earlier attempt', async () => {
    const { stores, keys } = createFixture()
    const prompt = promptOf('x'.repeat(2_000)).message
    const input = { ...newRun().input, prompt }
    const { id } = await stores.sessions.create(newSession())
    await stores.runs.create(newRun({ sessionId: id }))
    const busy = await stores.runs.create(newRun({ sessionId: id, onBusy: 'reject', input }))
    expect(busy.kind).toBe('busy')
    expect(await keys()).toEqual([])
    const request = newRun({ input, idempotency: { key: 'k', fingerprint: 'f' } })
    await stores.runs.create(request)
    expect(await stores.runs.create(request)).toMatchObject({ kind: 'replayed' })
    expect(await keys()).toHaveLength(1)
  })

  it('of runs that exist are never pruned, however old, and orphans only after a day', async () => {
    const { clock, blobs, stores, keys } = createFixture()
    const runId = await endedRun(stores)
    const queued = newRun({
      input: { ...newRun().input, prompt: promptOf('x'.repeat(900)).message },
    })
    await stores.runs.create(queued)
    await blobs.put(`runs/gone/${'0'.repeat(64)}`, new Uint8Array(3))
    await blobs.put('runs/foreign', new Uint8Array(3))
    clock.advance(dayMs)
    expect(await stores.prune?.()).toMatchObject({ blobs: 0 })
    clock.advance(1)
    expect(await stores.prune?.()).toMatchObject({ runs: 0, blobs: 1 })
    clock.advance(1_000 * dayMs)
    expect(await stores.prune?.()).toMatchObject({ blobs: 0 })
    expect((await keys()).sort()).toEqual(
      [expect.stringContaining(runId), expect.stringContaining(queued.id), 'runs/foreign'].sort(),
    )
    expect(await stores.runs.journals([runId, queued.id])).toHaveLength(2)
  })

  it('of a shard that is away are not taken for orphans', async () => {
    let isAway = false
    const { clock, stores, keys } = createFixture((time) => {
      const shard = memoryStores({ clock: time })
      const reach = <T>(answer: Promise<T> | undefined) =>
        isAway ? Promise.reject<T>(new StudioError('unavailable', 'away')) : Promise.resolve(answer)
      const runs: RunStore = {
        ...shard.runs,
        progress: async (ids) => (await reach(shard.runs.progress?.(ids))) ?? [],
        journals: async (ids) => (await reach(shard.runs.journals(ids))) ?? [],
      }
      return shardedStores([memoryStores({ clock: time }), { ...shard, runs }])
    })
    for (let run = 0; run < 8; run++) await endedRun(stores)
    clock.advance(2 * dayMs)
    isAway = true
    await expect(stores.prune?.()).rejects.toMatchObject({ code: 'unavailable' })
    expect(await keys()).toHaveLength(8)
    isAway = false
    expect(await stores.prune?.()).toMatchObject({ blobs: 0 })
    expect(await keys()).toHaveLength(8)
  })

  it('are looked through in parts: one call goes on where another process has stopped', async () => {
    const { clock, blobs, plain } = createFixture()
    for (let run = 0; run < 250; run++) {
      await blobs.put(`runs/gone-${run}/${'0'.repeat(64)}`, new Uint8Array(1))
    }
    clock.advance(2 * dayMs)
    // pages of one key, so that a call ends before the list does
    const small = {
      ...blobs,
      async list(prefix: string, after: string | null) {
        const [first, ...others] = (await blobs.list(prefix, after)).items
        return {
          items: first ? [first] : [],
          next: others.length > 0 ? (first?.key ?? null) : null,
        }
      },
    }
    const counts: (number | undefined)[] = []
    for (let call = 0; call < 3; call++) {
      const stores = blobStores(plain, small, { clock })
      counts.push((await stores.prune?.())?.blobs)
    }
    expect(counts).toEqual([100, 100, 50])
  })
})
