import { describe, expect, it, onTestFinished } from 'vitest'
import type { Channels } from '../../../src/agents/log/channel.ts'
import { followRun } from '../../../src/agents/log/follow-run.ts'
import { createLooks } from '../../../src/agents/log/looks.ts'
import { maxUnstored } from '../../../src/agents/log/resume.ts'
import type { LogEntry } from '../../../src/records/run.ts'
import { memoryStores } from '../../../src/storage/memory/index.ts'
import type { RunRef, RunStore } from '../../../src/storage/store.ts'
import { fixedClock } from '../../../src/testing.ts'
import { cancel, claimant, claimRun, logEntries, newRun, succeed } from '../../support/records.ts'

/** Creates a run whose first owner stored the entries 0 to 2 and showed some more. Stores may bound their pages. */
async function createLog({ pageSize = Infinity } = {}) {
  const clock = fixedClock()
  const stores = memoryStores({ clock })
  const { readLog } = stores.runs
  const runs: RunStore = {
    ...stores.runs,
    readLog: (id, after, limit) => readLog(id, after, Math.min(limit, pageSize)),
  }
  const request = newRun()
  await stores.runs.create(request)
  let owner: RunRef = await claimRun(stores, request.id)
  let seq = 0
  const store = async (entries: readonly LogEntry[]) => {
    expect(entries[0]?.seq).toBe(seq)
    await stores.runs.commit(owner, { entries })
    seq += entries.length
  }
  await store(logEntries(0, 3))
  return {
    store: (count: number) => store(logEntries(seq, count)),
    async end(release: typeof succeed) {
      await stores.runs.commit(owner, { entries: logEntries(seq, 1, 'cancelled'), release })
    },
    /** Loses the owner. With an attempt number, the next owner repeats the turn. */
    async takeOver(attempt: number | null) {
      clock.advance(1_000)
      const claimed = await stores.runs.claim(request.id, claimant())
      owner = { runId: request.id, epoch: claimed?.journal.run.epoch ?? 0 }
      const json = `{"type":"turn_start","turn":1,"attempt":${attempt},"seq":${seq}}`
      if (attempt !== null) await store([{ seq, type: 'turn_start', json }])
    },
    /** Starts to read on another instance, after an entry. */
    async readAfter(after: number) {
      const run = await stores.runs.get('', request.id)
      if (!run) throw new Error('The run is gone')
      const channels: Channels = new Map()
      const looks = createLooks({ channels, runs, pollMs: 1 })
      onTestFinished(looks.stop)
      const source = { channels, runs, onWait: looks.start, accepting: () => true }
      const follower = followRun(source, run, after)
      return async () => {
        for (;;) {
          const entries = await follower.next()
          if (entries?.length !== 0) return entries?.map(({ seq }) => seq) ?? null
        }
      }
    },
  }
}

describe('a reader that has seen entries which were not stored', () => {
  it('a reader resumes after unstored entries once they are stored, without duplicates', async () => {
    const log = await createLog()
    const read = await log.readAfter(5)
    await log.store(1)
    const next = read()
    await log.store(4)
    expect(await next).toEqual([6, 7])
  })

  it('a reader goes back to the start of the next owner when the first owner is lost', async () => {
    const log = await createLog()
    const next = (await log.readAfter(5))()
    await log.takeOver(2)
    expect((await next)?.[0]).toBe(3)
  })

  it('a reader goes back to the start of the next owner even if the log is longer by now', async () => {
    const log = await createLog()
    await log.takeOver(2)
    await log.store(6)
    for (const after of [3, 5, 8]) {
      expect(await (await log.readAfter(after))()).toEqual([3, 4, 5, 6, 7, 8, 9])
    }
    expect(await (await log.readAfter(2))()).toEqual([3, 4, 5, 6, 7, 8, 9])
    expect(await (await log.readAfter(1))()).toEqual([2, 3, 4, 5, 6, 7, 8, 9])
  })

  it.each([Infinity, 1])(
    'a reader goes back to the earliest of several takeovers that it may have missed, in pages of %d entries',
    async (pageSize) => {
      const log = await createLog({ pageSize })
      await log.takeOver(2)
      await log.store(2)
      await log.takeOver(3)
      await log.store(4)
      expect((await (await log.readAfter(4))())?.[0]).toBe(3)
      expect((await (await log.readAfter(8))())?.[0]).toBe(3)
    },
  )

  it('a reader receives the terminal event when the next owner only ends the run', async () => {
    const log = await createLog()
    await log.takeOver(null)
    const waiting = (await log.readAfter(5))()
    await log.end(cancel)
    expect(await waiting).toEqual([3])
    for (const after of [3, 5]) expect(await (await log.readAfter(after))()).toEqual([3])
  })

  it('a reader is not sent back when it is more than maxUnstored entries past the takeover', async () => {
    const log = await createLog()
    await log.takeOver(2)
    await log.store(maxUnstored + 10)
    const after = 3 + maxUnstored
    expect((await (await log.readAfter(after - 1))())?.[0]).toBe(3)
    expect((await (await log.readAfter(after))())?.[0]).toBe(after + 1)
  })
})

it('a reader with an `after` beyond the end of an ended run gets no entries', async () => {
  const log = await createLog()
  await log.end(succeed)
  expect(await (await log.readAfter(99))()).toBeNull()
})
