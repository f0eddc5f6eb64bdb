import { describe, expect, it } from 'vitest'
import { StudioError } from '../../../src/errors.ts'
import type { Stores } from '../../../src/storage/store.ts'
import { createTestStudio, eventually, restartStudio } from '../../support/studio.ts'
import { storeKinds } from '../../support/stores.ts'

const never = new Promise<never>(() => undefined)
const leaseMs = 30_000

/** Returns stores that take no writes of runs any more once they were cut off. */
function severable(stores: Stores, isCutOff: () => boolean): Stores {
  const commit: Stores['runs']['commit'] = async (ref, change) => {
    if (isCutOff()) throw new StudioError('unavailable', 'The database is unavailable')
    return stores.runs.commit(ref, change)
  }
  const runs = new Proxy(stores.runs, {
    get: (target, name) => (name === 'commit' ? commit : Reflect.get(target, name)),
  })
  return { ...stores, runs }
}

describe.each(storeKinds)('a run that lost two owners on $name stores', (store) => {
  it('a reader of the first owner gets what replaces its events, although the second stored nothing of the first', async () => {
    const { stores, clock } = await createTestStudio({ store })
    const first = await createTestStudio({
      stores: severable(stores, () => true),
      clock,
      turns: [['old ', 'words ', { wait: never }]],
      leaseMs,
    })
    const { response, until } = await first.runStream('hi')
    const seen = await until((line) => line['delta'] === 'words ')
    const runId = response.headers.get('location')?.split('/').at(-1) ?? ''

    let isCutOff = false
    const second = await createTestStudio({
      stores: severable(stores, () => isCutOff),
      clock,
      turns: [['new ', { wait: never }]],
      leaseMs,
    })
    clock.advance(leaseMs)
    void second.studio.tick()
    await eventually(async () => {
      const stored = await stores.runs.readLog(runId, -1, 10)
      expect(stored.map(({ type }) => type)).toEqual(['turn_start', 'text_delta'])
    })
    isCutOff = true

    const third = await restartStudio({ stores, clock }, { turns: ['newest'], leaseMs })
    clock.advance(leaseMs)
    await third.studio.tick()
    await third.runIn(runId, 'succeeded')
    const events = await third.send('GET', `/runs/${runId}/events?after=${seen['seq']}`, {})
    const lines = (await events.text())
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as { seq: number; type: string; delta?: string })
    expect(lines.map(({ seq }) => seq)).toEqual(lines.map((_, index) => index))
    expect(lines.slice(0, 4)).toMatchObject([
      { type: 'turn_start', attempt: 1 },
      { type: 'text_delta', delta: 'new ' },
      { type: 'turn_start', attempt: 2 },
      { type: 'text_delta', delta: 'newest' },
    ])
  })
})
