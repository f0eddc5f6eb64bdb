import type { Blobs } from '../../storage/store.ts'
import { equal, holds, rejects } from './assert.ts'
import type { ContractCase } from './case.ts'

/** Empty blobs for one case. */
export interface BlobsFixture {
  readonly blobs: Blobs
  /** Called after the case, also when it failed. */
  close?(): void | Promise<void>
}

/** A case of the contract of blobs before it has blobs to run with. */
interface BlobsCase {
  readonly name: string
  run(blobs: Blobs): Promise<void>
}

const bytesOf = (...bytes: number[]) => new Uint8Array(bytes)
const hash = (digit: number) => String(digit % 10).repeat(64)

async function listAll(blobs: Blobs, prefix: string): Promise<string[]> {
  const keys: string[] = []
  let after: string | null = null
  do {
    const page: Awaited<ReturnType<Blobs['list']>> = await blobs.list(prefix, after)
    keys.push(...page.items.map(({ key }) => key))
    after = page.next
  } while (after !== null)
  return keys.sort()
}

const hostileKeys = [
  '',
  '/',
  'runs//x',
  '/etc/passwd',
  '../up',
  'runs/../../up',
  'runs/.',
  'runs/a.b',
  'runs\\..\\up',
  'runs/x\0',
  'runs/x y',
  'runs/é',
  'runs/x/',
  'C:/x',
  'x'.repeat(901),
]

const blobsCases: readonly BlobsCase[] = [
  {
    name: 'blobs.get resolves to the bytes that put wrote, and to null for any other key',
    async run(blobs) {
      const all = Uint8Array.from({ length: 70_000 }, (_, index) => index % 256)
      await blobs.put(`runs/a/${hash(1)}`, all)
      await blobs.put(`runs/a/${hash(2)}`, bytesOf())
      equal(await blobs.get(`runs/a/${hash(1)}`), all)
      equal((await blobs.get(`runs/a/${hash(2)}`))?.length, 0)
      equal(await blobs.get(`runs/a/${hash(3)}`), null)
      equal(await blobs.get('runs/b/1'), null)
      equal(await blobs.get('runs/a'), null)
    },
  },
  {
    name: 'blobs.put replaces what the key has',
    async run(blobs) {
      await blobs.put('collector/after', bytesOf(1, 2, 3))
      await blobs.put('collector/after', bytesOf(4))
      equal(await blobs.get('collector/after'), bytesOf(4))
      equal(await listAll(blobs, 'collector/'), ['collector/after'])
    },
  },
  {
    name: 'blobs.put of the same key at the same time leaves one of the values, whole',
    async run(blobs) {
      const values = [1, 2, 3, 4].map((digit) => new Uint8Array(50_000).fill(digit))
      await Promise.all(values.map((value) => blobs.put('runs/a/1', value)))
      const found = await blobs.get('runs/a/1')
      holds(found?.length === 50_000, 'all bytes of one value')
      holds(found?.every((byte) => byte === found[0]) === true, 'the bytes of one value alone')
    },
  },
  {
    name: 'blobs.delete deletes these keys and no others, and leaves out those that have nothing',
    async run(blobs) {
      for (const key of ['runs/a/1', 'runs/a/2', 'runs/b/1']) await blobs.put(key, bytesOf(1))
      await blobs.delete(['runs/a/1', 'runs/a/9', 'runs/c/1', 'runs/b/1'])
      await blobs.delete([])
      equal(await listAll(blobs, 'runs/'), ['runs/a/2'])
      equal(await blobs.get('runs/a/1'), null)
      await blobs.put('runs/b/1', bytesOf(2))
      equal(await blobs.get('runs/b/1'), bytesOf(2))
    },
  },
  {
    name: 'blobs.list has each key below a prefix once, with the time at which it was written',
    async run(blobs) {
      const keys = ['runs/a%2Eb/1', 'runs/a/1', 'runs/a/2', 'runs/ab/1', 'runs/b-c_d/1']
      for (const key of [...keys, 'other/a/1']) await blobs.put(key, bytesOf(1))
      equal(await listAll(blobs, 'runs/'), [...keys].sort())
      equal(await listAll(blobs, 'runs/a/'), ['runs/a/1', 'runs/a/2'])
      equal(await listAll(blobs, 'runs/none/'), [])
      equal(await listAll(blobs, 'none/'), [])
      const { items } = await blobs.list('runs/', null)
      holds(
        items.every(({ writtenAt }) => Number.isFinite(writtenAt) && writtenAt > 0),
        'a time for each key',
      )
    },
  },
  {
    name: 'blobs refuse keys that may lead elsewhere',
    async run(blobs) {
      for (const key of hostileKeys) {
        await rejects(Promise.resolve().then(() => blobs.put(key, bytesOf(1))))
        await rejects(Promise.resolve().then(() => blobs.get(key)))
        await rejects(Promise.resolve().then(() => blobs.delete([key])))
      }
      equal(await listAll(blobs, 'runs/'), [])
    },
  },
]

/**
 * Lists what all blobs promise, as cases for any test runner. `open` is called for every case and returns empty blobs.
 *
 * @example
 * for (const { name, run } of blobsContract(open)) it(name, run)
 */
export function blobsContract(
  open: () => BlobsFixture | Promise<BlobsFixture>,
): readonly ContractCase[] {
  return blobsCases.map(({ name, run }) => ({
    name,
    async run() {
      const fixture = await open()
      try {
        await run(fixture.blobs)
      } finally {
        await fixture.close?.()
      }
    },
  }))
}
