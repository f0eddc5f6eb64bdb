import { expect, it } from 'vitest'
import { parseJsonTexts } from '../../src/lib/tools/json-texts.ts'

const at = (path: string) => [{ path, message: 'is refused' }]

it.each([
  [{ tags: '["a"]' }, 'tags', { tags: ['a'] }],
  [{ n: '5' }, 'n', { n: 5 }],
  [{ on: 'true' }, 'on', { on: true }],
  [{ list: [{ n: '5' }] }, 'list.0.n', { list: [{ n: 5 }] }],
  ['{"n":5}', '', { n: 5 }],
])('%j becomes a value where the schema refused the text at "%s"', (input, path, expected) => {
  expect(parseJsonTexts(input, at(path))).toEqual(expected)
})

it.each([
  [{ n: 'five' }, 'n'],
  [{ n: '"5"' }, 'n'],
  [{ n: '9007199254740993' }, 'n'],
  [{ n: 5 }, 'n'],
  [{ n: '5' }, 'm'],
  [{ n: '5' }, 'constructor.name'],
])('%j stays as it is at "%s"', (input, path) => {
  expect(parseJsonTexts(input, at(path))).toBeNull()
})
