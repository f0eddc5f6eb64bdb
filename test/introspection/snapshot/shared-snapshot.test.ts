import { expect, it } from 'vitest'
import type { Snapshot } from '../../../src/introspection/model/snapshot.ts'
import { createSharedSnapshot } from '../../../src/introspection/snapshot/shared-snapshot.ts'

/** A reader whose reads end when the test says so. */
function createReader() {
  const started: { name: string; end: () => void }[] = []
  const read = (name: string) => () =>
    new Promise<Snapshot>((resolve) => {
      const snapshot = { name, problems: [] } as unknown as Snapshot // the cache reads nothing else
      started.push({ name, end: () => resolve(snapshot) })
    })
  const names = () => started.map(({ name }) => name)
  const end = (name: string) => started.find((one) => one.name === name)?.end()
  return { read, names, end }
}

const none = () => undefined
const turn = () => new Promise((resolve) => setImmediate(resolve))

// Each number of microtasks is another moment between the end of the one read and the start of the other.
it.each([0, 1, 2, 3, 4, 5, 6])(
  'a request %i microtasks after a read starts no read beside the fresh one that follows',
  async (microtasks) => {
    const { read, names, end } = createReader()
    const shared = createSharedSnapshot({ clock: { now: () => 0 }, snapshotMaxAgeMs: 0 })
    const readFirst = read('first')
    let passing: Promise<unknown> = Promise.resolve()
    const first = shared(() => {
      const reading = readFirst()
      passing = reading
      return reading
    }, none)
    const fresh = shared(read('fresh'), none, true)
    for (let count = 0; count < microtasks; count++) passing = passing.then(none)
    const between = passing.then(() => shared(read('between'), none))
    end('first')
    await turn()
    expect(names()).toEqual(['first', 'fresh'])
    end('fresh')
    expect([await first, await fresh]).toContain(await between)
  },
)

it('a fresh read begins after the call, also when the read in progress fails', async () => {
  const { read, names, end } = createReader()
  const shared = createSharedSnapshot({ clock: { now: () => 0 }, snapshotMaxAgeMs: 1000 })
  const failing = shared(() => Promise.reject(new Error('down')), none)
  const fresh = shared(read('fresh'), none, true)
  await expect(failing).rejects.toThrow('down')
  await turn()
  expect(names()).toEqual(['fresh'])
  end('fresh')
  expect(await shared(read('late'), none)).toBe(await fresh)
})
