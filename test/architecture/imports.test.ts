import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join, resolve } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { checkImports, mayImport } from './rules.ts'

const root = resolve(import.meta.dirname, '../..')
mkdirSync(join(root, '.tools'), { recursive: true })
const copies: string[] = []

/** Copies the package and adds or replaces these files of src/. */
function copyWith(files: Readonly<Record<string, string>>, source = join(root, 'src')): string {
  const copy = mkdtempSync(join(root, '.tools/imports-'))
  copies.push(copy)
  cpSync(source, join(copy, 'src'), { recursive: true })
  cpSync(join(root, 'package.json'), join(copy, 'package.json'))
  symlinkSync(join(root, 'node_modules'), join(copy, 'node_modules'))
  for (const [path, content] of Object.entries(files)) {
    mkdirSync(join(copy, 'src', path, '..'), { recursive: true })
    writeFileSync(join(copy, 'src', path), content)
  }
  return copy
}

afterAll(() => copies.forEach((copy) => rmSync(copy, { recursive: true, force: true })))

/** Files that break one rule each, or more. */
const planted = {
  'lib/planted.ts': `import '../errors.ts'`,
  'lib/circle.ts': `import './circle-back.ts'`,
  'lib/circle-back.ts': `import './circle.ts'`,
  'records/planted.ts': `import '../storage/store.ts'`,
  'http/planted.ts': `import type { Project } from '../project/project.ts'\nexport type P = Project`,
  'project/planted.ts': `import 'postgres'`,
  'introspection/planted.ts': `import '../agents/routes.ts'\nimport 'itty-router'`,
  'agents/planted.ts': `import '../storage/planted.ts'\nimport 'zod-to-json-schema'`,
  'agents/lazy.ts': `export const files = () => import('node:fs/promises')`,
  'agents/entry.ts': `import '../index.ts'`,
  'storage/planted.ts': `import 'node:fs'\nimport 'vitest'`,
  'console/planted.ts': `import '../http/route.ts'\nimport '../agents/answers/run-answers.ts'`,
  'lib/preact.ts': `import 'preact'`,
  'adapters/planted.ts': `import '../studio.ts'\nimport '@hono/node-server'\nimport './missing.ts'`,
}

/** One look at src/ with the planted files serves both questions: what they break, and that nothing else does. */
let violations: string[] = []
beforeAll(async () => {
  violations = await checkImports(copyWith(planted))
}, 120_000)
const isPlanted = (violation: string) =>
  Object.keys(planted).some((path) => violation.includes(`: src/${path} → `))

describe('the modules of src/', () => {
  it('the modules of src/ import only what the rules allow', () => {
    expect(violations.filter((violation) => !isPlanted(violation))).toEqual([])
  })

  it('every folder of src/ has an import rule', () => {
    const folders = readdirSync(join(root, 'src'), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name)
    expect(Object.keys(mayImport)).toEqual(expect.arrayContaining(folders))
  })
})

describe('the rules', () => {
  it('the import rules name every planted violation', () => {
    const expected = [
      'layer: lib: src/lib/planted.ts → src/errors.ts',
      'layer: records: src/records/planted.ts → src/storage/store.ts',
      'layer: http: src/http/planted.ts → src/project/project.ts',
      'layer: introspection: src/introspection/planted.ts → src/agents/routes.ts',
      'layer: agents: src/agents/planted.ts → src/storage/planted.ts',
      'layer: adapters: src/adapters/planted.ts → src/studio.ts',
      'owner: postgres: src/project/planted.ts → ',
      'owner: itty-router: src/introspection/planted.ts → ',
      'owner: zod-to-json-schema: src/agents/planted.ts → ',
      'owner: @hono/node-server: src/adapters/planted.ts → ',
      'owner: preact: src/lib/preact.ts → ',
      'layer: console: src/console/planted.ts → src/http/route.ts',
      'the console knows the API by the client: src/console/planted.ts → ',
      'owner: node builtins: src/storage/planted.ts → fs',
      'lazy node builtins: src/agents/lazy.ts → fs/promises',
      'development packages are for types: src/storage/planted.ts → ',
      'entries are for users: src/agents/entry.ts → src/index.ts',
      'nothing unresolvable: src/adapters/planted.ts → ./missing.ts',
      'no cycles: src/lib/circle',
    ]
    const missed = expected.filter((line) => !violations.some((found) => found.startsWith(line)))
    expect({ missed, violations }).toMatchObject({ missed: [] })
  })

  it('the import rules fail when too few modules were read', async () => {
    const empty = mkdtempSync(join(root, '.tools/empty-'))
    copies.push(empty)
    await expect(checkImports(copyWith({ 'lib/one.ts': 'export {}' }, empty))).rejects.toThrow(
      /Only \d+ modules/,
    )
  })
})
