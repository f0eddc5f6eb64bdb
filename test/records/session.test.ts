import { expect, it } from 'vitest'
import { titleFromPrompt } from '../../src/records/session.ts'

it('titleFromPrompt makes a title of at most 72 characters on one line', () => {
  expect(titleFromPrompt(' a \n\t b ')).toBe('a b')
  expect(titleFromPrompt('x'.repeat(72))).toBe('x'.repeat(72))
  expect(titleFromPrompt('x'.repeat(73))).toBe(`${'x'.repeat(69)}...`)
})

it('titleFromPrompt returns null for a prompt without a visible character', () => {
  expect(titleFromPrompt(' \n ')).toBeNull()
})
