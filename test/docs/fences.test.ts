import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { compileFences } from './compile.ts'
import { findFences, readDocuments } from './documents.ts'

const fences = readDocuments()
  .flatMap(findFences)
  .filter(({ language }) => language === 'ts' || language === 'tsx')

it('every ts fence of the documents compiles, and one with a fault is reported by its line', () => {
  const code = "import { Studio } from 'fetch-studio'\n\nnew Studio(5)\n"
  const planted = { path: 'planted.md', line: 10, language: 'ts', code, shows: null }
  expect(fences.length).toBeGreaterThan(25)
  expect(compileFences([...fences, planted])).toEqual([
    expect.stringMatching(/^planted\.md:12 Argument of type 'number'/),
  ])
  console.log(`${fences.length} ts fences compiled, 0 left out`)
}, 300_000)

it('a ts fence that shows a file of the repository is equal to it', () => {
  const different = fences.filter(
    ({ shows, code }) => shows !== null && code !== readFileSync(shows, 'utf8'),
  )
  expect(different.map(({ path, line }) => `${path}:${line}`)).toEqual([])
})
