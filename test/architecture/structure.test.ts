import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { expect, it } from 'vitest'
import {
  findCrowdedFolders,
  findEagerRoutes,
  findEmptyDocblocks,
  findForeignReferences,
  findLongFunctions,
  findNamesThatRepeatFolders,
  findRepeatedBasenames,
  findRepeatedExports,
  type SourceText,
} from './structure.ts'

const root = resolve(import.meta.dirname, '../..')

function readTexts(folder: string, ending: RegExp): SourceText[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && ending.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => ({
      path: relative(root, file).replaceAll('\\', '/'),
      text: readFileSync(file, 'utf8'),
    }))
}

const sources = readTexts('src', /\.tsx?$/)
const documents = [
  ...sources,
  ...readTexts('docs', /\.md$/),
  ...readTexts('test', /\.ts$/),
  ...['README.md', 'CONTRIBUTING.md', 'AGENTS.md'].map((path) => ({
    path,
    text: readFileSync(join(root, path), 'utf8'),
  })),
]

/** A rule, the check that finds its violations, and a planted tree with the violation to find. */
const rules = [
  {
    rule: 'no folder holds more files than a reader can survey',
    find: findCrowdedFolders,
    planted: Array.from({ length: 21 }, (_, index) => file(`src/agents/loop/file${index}.ts`)),
    expected: 'src/agents/loop: 21 files',
  },
  {
    rule: 'no file repeats the name of its folder or of a folder beside it',
    find: findNamesThatRepeatFolders,
    planted: [file('src/agents/loop-end.ts'), file('src/agents/loop/turn.ts')],
    expected: 'src/agents/loop-end.ts',
  },
  {
    rule: 'a basename occurs once in a module',
    find: findRepeatedBasenames,
    planted: [file('src/agents/loop/turn.ts'), file('src/agents/views/turn.ts')],
    expected: 'src/agents/loop/turn.ts, src/agents/views/turn.ts',
  },
  {
    rule: 'an exported name is declared once',
    find: findRepeatedExports,
    planted: [
      file('src/http/one.ts', 'export const limit = 1'),
      file('src/lib/two.ts', 'export function limit() {}'),
    ],
    expected: 'limit: src/http/one.ts, src/lib/two.ts',
  },
  {
    rule: 'the routes of a room load their room when they are asked for',
    find: findEagerRoutes,
    planted: [file('src/introspection/query/routes.ts', `import { run } from './execute.ts'`)],
    expected: 'src/introspection/query/routes.ts: ./execute.ts',
  },
  {
    rule: 'a function has at most 60 lines',
    find: findLongFunctions,
    planted: [file('src/lib/long.ts', `export function long() {${'\n'.repeat(60)}}`)],
    expected: 'src/lib/long.ts:1: 61 lines',
  },
  {
    rule: 'a docblock says at least five words',
    find: findEmptyDocblocks,
    planted: [file('src/lib/terse.ts', '/** The limit. */\nexport const limit = 1')],
    expected: 'src/lib/terse.ts:1: The limit.',
  },
]

it.each(rules)('src/ keeps the rule: $rule', ({ find }) => {
  expect(find(sources)).toEqual([])
})

it.each(rules)('a planted violation is found: $rule', ({ find, planted, expected }) => {
  expect(find(planted)).toEqual([expected])
})

it('src/, test/, docs/ and the top-level pages refer only to documents of this repository', () => {
  expect(findForeignReferences(documents)).toEqual([])
})

it('a planted reference to a document outside the repository is found', () => {
  // Written in parts, because the check above reads this file as well.
  const text = `// as contract${' '}runs.md says\n// (case${' '}51)\n// see design${'.'}md`
  const planted = [file('src/a.ts', text)]
  expect(findForeignReferences(planted)).toHaveLength(3)
})

function file(path: string, text = ''): SourceText {
  return { path, text }
}
