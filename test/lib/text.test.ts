import { expect, it } from 'vitest'
import { quoteIdentifier, quoteLiteral, quotePlainLiteral } from '../../src/lib/sql.ts'
import { compareText } from '../../src/lib/text.ts'
import { uniqueName } from '../../src/lib/unique-name.ts'

it('compareText orders texts by code units, as sort() does', () => {
  const texts = ['b', 'a', 'B', 'ä', 'a', '']
  expect(texts.toSorted(compareText)).toEqual(texts.toSorted())
  expect(compareText('a', 'a')).toBe(0)
})

it('uniqueName returns a free name unchanged and numbers a taken one from 2', () => {
  const taken = new Set(['task', 'task-2'])
  const isTaken = (name: string) => taken.has(name)
  expect(uniqueName('user', isTaken)).toBe('user')
  expect(uniqueName('task', isTaken)).toBe('task-3')
  expect(uniqueName('task', isTaken, { separator: '_' })).toBe('task_2')
})

it('uniqueName truncates a long name and keeps its number', () => {
  const isTaken = (name: string) => name === 'abcdef'
  expect(uniqueName('abcdefgh', isTaken, { maxLength: 6 })).toBe('abcd-2')
})

it('SQL quoting doubles quotes and escapes backslashes', () => {
  expect(quoteLiteral(String.raw`it's \ here`)).toBe(String.raw`E'it''s \\ here'`)
  expect(quotePlainLiteral(String.raw`it's \ here`)).toBe(String.raw`'it''s \ here'`)
  expect(quoteIdentifier('say "hi"')).toBe('"say ""hi"""')
})
