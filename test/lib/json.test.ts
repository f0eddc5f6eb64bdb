import { expect, it } from 'vitest'
import { canonicalJson } from '../../src/lib/checksum.ts'
import { isRecord, toJson } from '../../src/lib/json.ts'

it('isRecord accepts objects and refuses arrays, null and primitives', () => {
  expect([{}, { a: 1 }, new Error('x')].map(isRecord)).toEqual([true, true, true])
  expect([[], null, undefined, 'a', 1, () => 1].some(isRecord)).toBe(false)
})

it('toJson converts what JSON cannot represent', () => {
  const cycle: Record<string, unknown> = {}
  cycle['self'] = cycle
  expect(toJson({ big: 1n, gone: undefined, at: new Date(0) })).toEqual({
    big: '1',
    at: '1970-01-01T00:00:00.000Z',
  })
  expect(toJson(undefined)).toBeNull()
  expect(toJson(cycle)).toBe('[object Object]')
})

it('canonicalJson sorts the keys of every object and keeps the order of arrays', () => {
  expect(canonicalJson({ b: [2, 1, { d: 1, c: undefined }], a: null })).toBe(
    '{"a":null,"b":[2,1,{"d":1}]}',
  )
})
