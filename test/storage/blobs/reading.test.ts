import { describe, expect, it } from 'vitest'
import { type Blobs, blobStores } from '../../../src/blobs.ts'
import { memoryStores } from '../../../src/storage/memory/index.ts'
import { maxAttempts } from '../../../src/records/run.ts'
import type { Stores } from '../../../src/storage/store.ts'
import { fixedClock, memoryBlobs } from '../../../src/testing.ts'
import { blobsUnavailable } from '../../../src/storage/blobs/failures.ts'
import {
  answerOf,
  claimant,
  logEntries,
  newRun,
  newSession,
  newTurn,
  promptOf,
  startRun,
  succeed,
} from '../../support/records.ts'

const mebibyte = 1_048_576
const entry = (seq: number, length: number) => {
  return { seq, type: 'x', json: JSON.stringify({ type: 'x', text: 'x'.repeat(length), seq }) }
}

async function createSession(stores: Stores): Promise<string> {
  return (await stores.sessions.create(newSession())).id
}

describe('reads of stores with blobs', () => {
  it('have at most 16 MiB of the log in one page, and go on to its end', async () => {
    const stores = blobStores(memoryStores(), memoryBlobs())
    const ref = await startRun(stores)
    const entries = Array.from({ length: 40 }, (_, seq) => entry(seq, mebibyte))
    await stores.runs.commit(ref, { entries })
    const sizes: number[] = []
    const read: unknown[] = []
    for (let after = -1; ;) {
      const page = await stores.runs.readLog(ref.runId, after, 500)
      const last = page.at(-1)
      if (!last) break
      sizes.push(page.length)
      read.push(...page)
      after = last.seq
    }
    expect(Math.max(...sizes)).toBeLessThanOrEqual(16)
    expect(read).toEqual(entries)
  })

  it('have an entry that is larger than a page', async () => {
    const stores = blobStores(memoryStores(), memoryBlobs())
    const ref = await startRun(stores)
    const entries = [entry(0, 20 * mebibyte), entry(1, 10)]
    await stores.runs.commit(ref, { entries })
    expect(await stores.runs.readLog(ref.runId, -1, 10)).toEqual(entries.slice(0, 1))
    expect(await stores.runs.readLog(ref.runId, 0, 10)).toEqual(entries.slice(1))
  })

  it('have at most 32 calls of the blobs on their way', async () => {
    const kept = memoryBlobs()
    let now = 0
    let most = 0
    const get: Blobs['get'] = async (key) => {
      most = Math.max(most, ++now)
      await new Promise((resolve) => setTimeout(resolve, 1))
      now--
      return kept.get(key)
    }
    const stores = blobStores(memoryStores(), { ...kept, get }, { minBytes: 100 })
    const ref = await startRun(stores)
    const entries = Array.from({ length: 300 }, (_, seq) => entry(seq, 200))
    await stores.runs.commit(ref, { entries })
    expect(await stores.runs.readLog(ref.runId, -1, 500)).toEqual(entries)
    expect(most).toBe(32)
  })

  it('end the page of a session with the message that exceeds its bytes, as other stores do', async () => {
    const pages = [
      memoryStores(),
      blobStores(memoryStores(), memoryBlobs(), { minBytes: 500 }),
    ].map(async (stores) => {
      const id = await createSession(stores)
      const runIds: string[] = []
      for (let run = 0; run < 3; run++) {
        const ref = await startRun(stores, { sessionId: id })
        runIds.push(ref.runId)
        await stores.runs.commit(ref, {
          messages: [promptOf(`small ${run}`), answerOf('x'.repeat(2_000))],
          release: succeed,
        })
      }
      const reads = [100, 2_500, 4_500, 1e6].map(async (bytes) => {
        const page = await stores.sessions.read('', id, { limit: 50, before: null, bytes })
        return {
          positions: page?.messages.map(({ position, message }) => [position, message]),
          runs: page?.runs.map(({ run }) => runIds.indexOf(run.id)),
        }
      })
      return Promise.all(reads)
    })
    const [plain, blobs] = await Promise.all(pages)
    expect(blobs).toEqual(plain)
    expect(plain?.[0]?.positions).toHaveLength(1)
  })

  it('end the history of a claim with the message that exceeds 64 MiB', async () => {
    const stores = blobStores(memoryStores(), memoryBlobs())
    const id = await createSession(stores)
    const ref = await startRun(stores, { sessionId: id })
    const messages = Array.from({ length: 7 }, () => answerOf('x'.repeat(11 * mebibyte)))
    for (const message of messages) await stores.runs.commit(ref, { messages: [message] })
    await stores.runs.commit(ref, { release: succeed })
    const next = newRun({ sessionId: id })
    await stores.runs.create(next)
    expect((await stores.runs.claim(next.id, claimant()))?.history).toHaveLength(6)
  })

  it('say how many bytes a log has, with those that are blobs', async () => {
    const stores = blobStores(memoryStores(), memoryBlobs(), { minBytes: 500 })
    const ref = await startRun(stores)
    const entries = [...logEntries(0, 3), entry(3, 5_000)]
    const bytes = entries.reduce((sum, { json }) => sum + json.length, 0)
    // a small turn goes along, so that the claim has a reference
    await stores.runs.commit(ref, { entries, turn: newTurn(), release: { to: 'yield' } })
    expect(await stores.runs.claim(ref.runId, claimant())).toMatchObject({ logBytes: bytes })
  })
})

describe('a claim whose payloads cannot be read', () => {
  async function createWaiting() {
    const clock = fixedClock()
    const kept = memoryBlobs({ clock })
    let isAway = false
    const get: Blobs['get'] = async (key) => {
      if (isAway) throw blobsUnavailable('The bucket is not available')
      return kept.get(key)
    }
    const stores = blobStores(memoryStores({ clock }), { ...kept, get }, { minBytes: 500, clock })
    const ref = await startRun(stores)
    await stores.runs.commit(ref, {
      messages: [answerOf('x'.repeat(5_000))],
      release: { to: 'yield' },
    })
    const setAway = (away: boolean) => void (isAway = away)
    return { clock, kept, stores, runId: ref.runId, setAway }
  }

  it('gives the run back during an outage, however long it lasts', async () => {
    const { stores, runId, setAway } = await createWaiting()
    setAway(true)
    for (let attempt = 0; attempt < maxAttempts * 2; attempt++) {
      await expect(stores.runs.claim(runId, claimant())).rejects.toMatchObject({
        code: 'unavailable',
      })
    }
    setAway(false)
    const claimed = await stores.runs.claim(runId, claimant())
    expect(claimed?.journal.run).toMatchObject({ attempts: 0, status: 'running' })
    expect(claimed?.journal.messages).toHaveLength(1)
  })

  it('counts as an attempt when they are lost, so that the run is given up', async () => {
    const { clock, kept, stores, runId } = await createWaiting()
    const { items } = await kept.list('runs/', null)
    await kept.delete(items.map(({ key }) => key))
    let claims = 0
    for (; claims <= maxAttempts; claims++) {
      await expect(stores.runs.claim(runId, claimant())).rejects.toMatchObject({
        message: 'A stored payload is missing',
      })
      clock.advance(60_000)
    }
    const last = await stores.runs.claim(runId, claimant())
    expect(last?.journal.run.attempts).toBeGreaterThan(maxAttempts)
    expect(last?.journal.messages).toEqual([])
  })
})
