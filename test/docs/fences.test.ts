import { readFileSync } from 'node:fs'
import { expect, it } from 'vitest'
import { compileFences } from './compile.ts'
import { findFences, readDocuments } from './documents.ts'

const fences = readDocuments()
  .flatMap(findFences)
  .filter(({ language }) => language === 'ts')

it('every ts fence of the documents compiles', () => {
  expect(fences.length).toBeGreaterThan(25)
  expect(compileFences(fences)).toEqual([])
  console.log(`${fences.length} ts fences compiled, 0 left out`)
})

it('a ts fence that shows a file of the repository is equal to it', () => {
  for (const { shows, code } of fences) {
    if (shows !== null) expect(code).toBe(readFileSync(shows, 'utf8'))
  }
})

it('a fence that does not compile is reported with its document and line', () => {
  const code = "import { Studio } from 'fetch-studio'\n\nnew Studio(5)\n"
  const [error] = compileFences([{ path: 'a.md', line: 10, language: 'ts', code, shows: null }])
  expect(error).toMatch(/^a\.md:12 Argument of type 'number'/)
})
