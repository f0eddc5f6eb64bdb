import { readdirSync, readFileSync, statSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const examples = join(root, 'examples/frameworks')
const guide = readFileSync(join(root, 'docs/guides/in-your-framework.md'), 'utf8')

const folders = readdirSync(examples).filter((name) => statSync(join(examples, name)).isDirectory())

const filesOf = (folder: string): string[] =>
  readdirSync(join(examples, folder), { recursive: true, encoding: 'utf8' })
    .map((path) => join(folder, path))
    .filter((path) => statSync(join(examples, path)).isFile())

/** The files that a guide's fence shows: the fence after a link to the file. */
const shown = new Map(
  [...guide.matchAll(/^\[`(.+)`\]\(\S+\)\n\n```\w+\n([^]*?)^```$/gm)].map(
    ([, path, code]) => [path, code] as const,
  ),
)

it('the guide "In your framework" shows the examples as they are', () => {
  expect(shown.size).toBeGreaterThan(12)
  const files = [...shown.keys()].map((path = '') => [
    path,
    readFileSync(join(examples, path), 'utf8'),
  ])
  expect([...shown]).toEqual(files)
})

it.each(['studio.ts', ...folders])('the guide "In your framework" shows %s', (name) => {
  expect([...shown.keys()].some((path) => path === name || path?.startsWith(`${name}/`))).toBe(true)
})

it.each(folders)('the example %s has at most 40 lines', (folder) => {
  const lines = filesOf(folder).flatMap((path) =>
    readFileSync(join(examples, path), 'utf8')
      .split('\n')
      .filter((line) => line.trim() !== ''),
  )
  expect(lines.length).toBeLessThanOrEqual(40)
})
