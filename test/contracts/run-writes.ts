import { beforeEach, describe, expect, it } from 'vitest'
import type { Stores } from '../../src/storage/store.ts'
import { cancel, logEntries, promptOf, startRun, succeed } from '../support/records.ts'
import type { StoreFixture } from './session-store.ts'

/** What every run store must do with writes that come twice or too late. Call inside a `describe`. */
export function runWritesContract(createFixture: () => Promise<StoreFixture>): void {
  let stores: Stores
  beforeEach(async () => void ({ stores } = await createFixture()))

  describe('a numbered write', () => {
    it('that is repeated is answered again, and done once', async () => {
      const ref = await startRun(stores)
      const change = { write: 1, entries: logEntries(0, 1), messages: [promptOf('hi')] }
      const first = await stores.runs.commit(ref, change)
      expect(await stores.runs.commit(ref, change)).toEqual(first)
      const [journal] = await stores.runs.journals([ref.runId])
      expect(journal?.messages).toHaveLength(1)
      expect(await stores.runs.readLog(ref.runId, -1, 10)).toHaveLength(1)
    })

    it('that ended the run is answered again after the end', async () => {
      const ref = await startRun(stores)
      const change = { write: 1, release: succeed }
      const first = await stores.runs.commit(ref, change)
      expect(first).not.toBeNull()
      expect(await stores.runs.commit(ref, change)).toEqual(first)
    })
  })

  describe('a success', () => {
    it('that comes after a cancellation is refused, and nothing of it written', async () => {
      const ref = await startRun(stores)
      await stores.runs.requestCancel('', ref.runId, 'enough')
      const change = { entries: logEntries(0, 1), release: succeed }
      expect(await stores.runs.commit(ref, change)).toMatchObject({
        refused: true,
        cancelRequested: true,
      })
      expect(await stores.runs.get('', ref.runId)).toMatchObject({ status: 'running' })
      expect(await stores.runs.readLog(ref.runId, -1, 10)).toEqual([])
      expect(await stores.runs.commit(ref, { release: cancel })).not.toHaveProperty('refused')
      expect(await stores.runs.get('', ref.runId)).toMatchObject({ status: 'cancelled' })
    })
  })
}
