import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { readDeclarations } from '../../scripts/api/declarations.ts'
import {
  type Api,
  findForgottenExports,
  findUndocumentedNames,
  readApi,
  renderReport,
  reportPath,
} from '../../scripts/api/report.ts'

const root = resolve(import.meta.dirname, '../..')

describe('the API of every entry', () => {
  let api: Api
  beforeAll(() => void (api = readApi(readDeclarations(root))), 120_000)

  it('equals its committed report (`npm run api -- --write` updates it)', () => {
    for (const [entry, names] of api) {
      expect(renderReport(entry, names)).toBe(readFileSync(join(root, reportPath(entry)), 'utf8'))
    }
  })

  it('exports every type that its signatures mention', () => {
    expect(findForgottenExports(api)).toEqual([])
  })

  it('explains every name in a docblock of five words or more', () => {
    expect(findUndocumentedNames(api)).toEqual([])
  })
})

describe('the report of a planted package', () => {
  mkdirSync(join(root, '.tools'), { recursive: true })
  const folder = mkdtempSync(join(root, '.tools/planted-api-'))
  afterAll(() => rmSync(folder, { recursive: true, force: true }))

  const entry = `
import { kinds, type Hidden } from './hidden.ts'
/** Makes one, as a caller may want. */
export function make(hidden: Hidden): Kind { return kinds[hidden.index] ?? 'a' }
/** Short. */
export type Kind = (typeof kinds)[number]
`
  const hidden = `
export const kinds = ['a', 'b'] as const
export interface Hidden { readonly index: number }
`
  let api: Api
  beforeAll(() => {
    mkdirSync(join(folder, 'src'))
    const compilerOptions = {
      target: 'ES2023',
      module: 'NodeNext',
      declaration: true,
      rootDir: '.',
      allowImportingTsExtensions: false,
      rewriteRelativeImportExtensions: true,
      types: [],
    }
    const files = {
      'package.json': { type: 'module', exports: { '.': { types: './dist/index.d.ts' } } },
      'src/tsconfig.build.json': { compilerOptions, include: ['./**/*.ts'] },
    }
    for (const [path, content] of Object.entries(files)) {
      writeFileSync(join(folder, path), JSON.stringify(content))
    }
    writeFileSync(join(folder, 'src/index.ts'), entry)
    writeFileSync(join(folder, 'src/hidden.ts'), hidden)
    api = readApi(readDeclarations(folder))
  }, 60_000)

  it('names a type that a signature mentions and no entry exports', () => {
    expect(findForgottenExports(api)).toEqual(['.: make mentions Hidden'])
  })

  it('names an export whose docblock says too little', () => {
    expect(findUndocumentedNames(api)).toEqual(['.: Kind'])
  })

  it('lists the values behind a type that is read off a constant', () => {
    expect(renderReport('.', api.get('.') ?? [])).toContain(
      'export type Kind = "a" | "b";\n\nexport function make(hidden: Hidden): Kind;',
    )
  })
})
