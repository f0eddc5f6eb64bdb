import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const folder = resolve(import.meta.dirname, '../../.github/workflows')
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}))

/** Returns the actions that a workflow uses by a tag or branch, which their owner can move. */
function findMovableActions(text: string): string[] {
  const used = [...text.matchAll(/\buses: (\S+)/g)].map(([, action = '']) => action)
  return used.filter((action) => !/@[0-9a-f]{40}$/.test(action))
}

it.each(workflows)('the workflow $name pins every action to a commit', ({ text }) => {
  expect(findMovableActions(text)).toEqual([])
})

it.each(workflows)('the workflow $name grants no write permission by default', ({ text }) => {
  expect(text).toMatch(/^permissions:\n {2}contents: read$/m)
})

it('an action pinned to a tag is found', () => {
  expect(findMovableActions('- uses: actions/checkout@v4')).toEqual(['actions/checkout@v4'])
})
