import { describe, expect, it } from 'vitest'
import { inProcessDispatcher, memoryStores, type Stores } from '../../src/index.ts'
import { fixedClock } from '../../src/testing.ts'
import { equal, matches, rejects } from '../../src/testing/contracts/assert.ts'
import {
  type ContractCase,
  dispatcherContract,
  storesContract,
} from '../../src/testing/contracts/index.ts'

/** The names of the cases that fail. */
async function failing(cases: readonly ContractCase[]): Promise<string[]> {
  const names = await Promise.all(
    cases.map(({ name, run }) =>
      run().then(
        () => [],
        () => [name],
      ),
    ),
  )
  return names.flat()
}

/** Opens memory stores whose method is replaced; it is given the original. */
function openBroken(
  part: 'sessions' | 'runs' | 'approvals',
  method: string,
  replace: (original: (...args: unknown[]) => Promise<unknown>) => unknown,
) {
  const clock = fixedClock()
  const stores: Stores = memoryStores({ clock })
  const original = (stores[part] as unknown as Record<string, () => Promise<unknown>>)[method]
  if (!original) throw new Error(`There is no ${part}.${method}`)
  Object.assign(stores[part], { [method]: replace(original) })
  return { clock, stores }
}

const { sessions, runs, approvals } = memoryStores()
const methods = (['sessions', 'runs', 'approvals'] as const).flatMap((part) =>
  Object.keys({ sessions, runs, approvals }[part]).map((method) => ({
    name: `${part}.${method}`,
    part,
    method,
  })),
)

describe('storesContract', () => {
  it('has unique names', () => {
    const names = storesContract(() => openBroken('runs', 'get', (get) => get)).map(
      ({ name }) => name,
    )
    expect(new Set(names).size).toBe(names.length)
    expect(names.length).toBeGreaterThan(60)
  })

  it.each(methods)('fails when $name does nothing', async ({ part, method }) => {
    const open = () => openBroken(part, method, () => async () => null)
    expect(await failing(storesContract(open))).not.toEqual([])
  })

  it('names the promise that a store breaks', async () => {
    const open = () =>
      openBroken(
        'approvals',
        'get',
        (get) => async (_tenant: unknown, id: unknown) =>
          (await get('', id)) ?? (await get('acme', id)),
      )
    expect(await failing(storesContract(open))).toEqual([
      'approvals are invisible to other tenants and cannot be decided by them',
    ])
  })

  it('closes what it opened, also when a case fails', async () => {
    let open = 0
    const cases = storesContract(() => {
      open++
      return {
        ...openBroken('runs', 'create', () => async () => null),
        close: () => void open--,
      }
    })
    expect((await failing(cases)).length).toBeGreaterThan(10)
    expect(open).toBe(0)
  })
})

describe('dispatcherContract', () => {
  it('fails for a dispatcher that never advances a run', async () => {
    const names = await failing(
      dispatcherContract((onError) => ({
        ...inProcessDispatcher({ sweepMs: 50, onError }),
        wake: () => undefined,
      })),
    )
    expect(names).toContain('dispatcher.wake advances the run')
  })
})

describe('the assertions of the contracts', () => {
  it.each([
    [1, 2, 'the value: expected 2, got 1'],
    [{ a: [1, { b: null }] }, { a: [1, { b: 0 }] }, 'a.1.b: expected 0, got null'],
    [[], {}, 'the value: expected {}, got []'],
    [{ a: 1, b: 2 }, { a: 1 }, 'b: expected undefined, got 2'],
  ])('equal(%j, %j) says where they differ', (actual, expected, message) => {
    expect(() => equal(actual, expected)).toThrow(message)
  })

  it('equal accepts equal content and takes an undefined member as absent', () => {
    expect(() => equal({ a: [1], b: undefined }, { a: [1] })).not.toThrow()
  })

  it('matches ignores further members, but not further items', () => {
    expect(() => matches({ a: [{ b: 1, c: 2 }], d: 3 }, { a: [{ b: 1 }] })).not.toThrow()
    expect(() => matches([1, 2], [1])).toThrow('1: expected undefined, got 2')
  })

  it('rejects accepts the expected code only', async () => {
    const conflict = () => Promise.reject(Object.assign(new Error('no'), { code: 'conflict' }))
    await rejects(conflict(), 'conflict')
    await rejects(conflict())
    await expect(rejects(conflict(), 'bad_request')).rejects.toThrow('code bad_request')
    await expect(rejects(Promise.resolve())).rejects.toThrow('not none')
  })
})
