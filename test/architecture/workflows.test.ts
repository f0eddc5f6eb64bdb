import { readdirSync, readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'

const folder = resolve(import.meta.dirname, '../../.github/workflows')
const workflows = readdirSync(folder).map((name) => ({
  name,
  text: readFileSync(join(folder, name), 'utf8'),
}))

/** The actions a workflow uses by a name that its owner can move to other code. */
function findMovableActions(text: string): string[] {
  const used = [...text.matchAll(/\buses: (\S+)/g)].map(([, action = '']) => action)
  return used.filter((action) => !/@[0-9a-f]{40}$/.test(action))
}

describe.each(workflows)('the workflow $name', ({ text }) => {
  it('uses every action at a commit', () => {
    expect(findMovableActions(text)).toEqual([])
  })

  it('gives its jobs no right to write unless a job names it', () => {
    expect(text).toMatch(/^permissions:\n {2}contents: read$/m)
  })
})

it('an action at a tag is found', () => {
  expect(findMovableActions('- uses: actions/checkout@v4')).toEqual(['actions/checkout@v4'])
})
