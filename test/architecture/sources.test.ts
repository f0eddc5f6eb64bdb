import { readdirSync, readFileSync } from 'node:fs'
import { join, relative, resolve } from 'node:path'
import { describe, expect, it } from 'vitest'
import { library } from '../../src/library.ts'

const root = resolve(import.meta.dirname, '../..')

/** Reads the TypeScript files below a folder, as lines. */
function readSources(folder: string): { path: string; lines: string[] }[] {
  return readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && /\.tsx?$/.test(entry.name))
    .map(({ parentPath, name }) => join(parentPath, name))
    .map((file) => ({
      path: relative(root, file),
      lines: readFileSync(file, 'utf8').trimEnd().split('\n'),
    }))
}

/** Returns `path:line: text` for each line for which `isWrong` holds. */
function findLines(
  sources: readonly { path: string; lines: string[] }[],
  isWrong: (line: string) => boolean,
): string[] {
  return sources.flatMap(({ path, lines }) =>
    lines.flatMap((line, index) => (isWrong(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [])),
  )
}

const sources = readSources('src')
const tests = readSources('test')
const longerThan = (limit: number, files: typeof sources) =>
  files
    .filter(({ lines }) => lines.length > limit)
    .map(({ path, lines }) => `${path}: ${lines.length}`)

describe('the files', () => {
  it('the files of src/ and test/ are found', () => {
    expect(sources.length).toBeGreaterThan(20)
    expect(tests.length).toBeGreaterThan(10)
  })

  it('no file of src/ is longer than 250 lines', () => {
    expect(longerThan(250, sources)).toEqual([])
  })

  it('no file of test/ is longer than 400 lines', () => {
    expect(longerThan(400, tests)).toEqual([])
  })

  it('every file is named in kebab-case', () => {
    const named = /^[a-z0-9]+(-[a-z0-9]+)*(\.test|\.test-d|\.build|\.d)?\.tsx?$/
    const odd = [...sources, ...tests].filter(
      ({ path }) => !named.test(path.split('/').at(-1) ?? ''),
    )
    expect(odd.map(({ path }) => path)).toEqual([])
  })
})

describe('the sources', () => {
  it('no source switches off a check', () => {
    const escape =
      /(: any\b|\bas any\b|<any>|@ts-(ignore|expect-error|nocheck)|(oxlint|eslint)-disable|prettier-ignore)/
    expect(findLines(sources, (line) => escape.test(line))).toEqual([])
  })

  it('no source promises something for later', () => {
    const promise = /\b(TODO|FIXME|XXX|not implemented|stub)\b/i
    expect(findLines(sources, (line) => promise.test(line))).toEqual([])
  })

  // Node 20 forgets such a signal, and its time with it, when only `AbortSignal.any` refers to it: withDeadline always ends.
  it('no wait is bounded by AbortSignal.timeout', () => {
    expect(findLines(sources, (line) => line.includes('AbortSignal.timeout'))).toEqual([])
    const composed = /AbortSignal\.any\(.*AbortSignal\.timeout/
    expect(findLines(tests, (line) => composed.test(line))).toEqual([])
  })

  it('the only classes are Studio and the two errors', () => {
    const classes = sources.flatMap(({ lines }) =>
      lines.flatMap((line) => /^\s*(?:export )?(?:abstract )?class (\w+)/.exec(line)?.[1] ?? []),
    )
    expect(classes.sort()).toEqual(['Studio', 'StudioClientError', 'StudioError'])
  })
})

it('src/library.ts names the version of package.json', () => {
  const { name, version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    name: string
    version: string
  }
  expect(library).toEqual({ name, version })
})
