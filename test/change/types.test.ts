import { mkdir, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { createTypeChecker } from '../../src/adapters/workspace/typescript/checker.ts'
import type { TestStudioOptions } from '../support/studio.ts'
import { createFolder, createPatchStudio, type TestFolder } from '../support/workspace.ts'

const config = JSON.stringify({
  compilerOptions: {
    strict: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    skipLibCheck: true,
    lib: ['es2022'],
    types: [],
    module: 'preserve',
  },
  include: ['src/**/*'],
  exclude: ['src/excluded'],
})
const files = {
  'tsconfig.json': config,
  'package.json': '{ "name": "shop" }',
  'src/price.ts':
    "export const price = (cents: number): number => cents\nexport const key = 'hidden-literal' as const\n",
  'src/order.ts': "import { price } from './price.ts'\n\nexport const total = price(1)\n",
  'src/broken.ts': 'export const wrong: number = true\n',
}
const modify = (path: string, text: string) => ({ type: 'modify_file', path, text })

interface Types {
  readonly ran: boolean
  readonly errors: readonly { path: string | null; line: number | null; message: string }[]
  readonly reason: string | null
}

/** Makes a project that has the TypeScript of this repository installed. */
async function createProject(more: Readonly<Record<string, string>> = {}): Promise<TestFolder> {
  const folder = await createFolder({ ...files, ...more })
  await mkdir(join(folder.root, 'node_modules'))
  const installed = join(import.meta.dirname, '../../node_modules/typescript')
  await symlink(installed, join(folder.root, 'node_modules/typescript'), 'junction')
  return folder
}

async function open(
  folder: TestFolder,
  options: TestStudioOptions = {},
  types: string | true = true,
) {
  const workspace = nodeWorkspace({ root: folder.root, write: ['src/**'], types })
  const studio = await createPatchStudio(folder, { workspace, ...options })
  const check = async (...operations: object[]) => {
    const { body } = await studio.preview(operations)
    const { change_set: shown } = body as {
      change_set: { id: string; digest: string; proof: { types: Types | null } | null }
    }
    return { ...shown, types: shown.proof?.types ?? null }
  }
  return { ...studio, check }
}

describe('proof.types', () => {
  it('lists the errors that a change brings to any file, and none that were there before', async () => {
    const folder = await createProject()
    const before = await folder.tree()
    const { check, get } = await open(folder)
    const shown = await check(
      modify('src/price.ts', 'export const price = (euros: string): string => euros\n'),
      modify('src/broken.ts', '// moved\n\nexport const wrong: number = true\n'),
    )
    const types = {
      ran: true,
      errors: [{ path: 'src/order.ts', line: 3, message: expect.stringContaining("'number'") }],
      reason: null,
    }
    expect(shown.types).toEqual(types)
    expect(await get(`/ai/changes/${shown.id}`)).toMatchObject({ body: { proof: { types } } })
    expect(await folder.tree()).toEqual(before)
  })

  it('has no error for a change that fits, also with new files', async () => {
    const { check, apply } = await open(await createProject(), { changes: { approve: 'never' } })
    const shown = await check(
      modify(
        'src/deep/tax.ts',
        "import { price } from '../price.ts'\nexport const tax = price(2)\n",
      ),
      modify(
        'src/order.ts',
        "import { tax } from './deep/tax.ts'\nexport const total: number = tax\n",
      ),
    )
    expect(shown.types).toEqual({ ran: true, errors: [], reason: null })
    expect(await apply(shown)).toMatchObject({ status: 200 })
  })

  it('knows new files that nothing imports, and those that the tsconfig excludes', async () => {
    const { check } = await open(await createProject())
    const wrong = 'export const n: number = null\n'
    expect((await check(modify('src/new/a.ts', wrong))).types).toMatchObject({
      ran: true,
      errors: [{ path: 'src/new/a.ts', line: 1 }],
    })
    expect((await check(modify('src/excluded/a.ts', wrong))).types).toEqual({
      ran: false,
      errors: [],
      reason: 'tsconfig.json does not include src/excluded/a.ts',
    })
    const both = await check(modify('src/excluded/a.ts', wrong), modify('src/ok.ts', 'export {}\n'))
    expect(both.types).toEqual({
      ran: true,
      errors: [],
      reason: 'tsconfig.json does not include src/excluded/a.ts',
    })
    expect((await check(modify('src/notes.txt', 'x'))).types).toBeNull()
  })

  it('lists 20 errors, without paths of the host and literals of files that were not shown', async () => {
    const folder = await createProject()
    const { check } = await open(folder)
    const many = Array.from(
      { length: 25 },
      (_, index) => `export const n${index}: number = 'own'\n`,
    )
    const spy = "import { key } from './price.ts'\nexport const spied: 'own' = key\n"
    const module = "import x from './price.ts'\nexport const m: typeof import('./order.ts') = x\n"
    const { types } = await check(modify('src/a-spy.ts', spy + module + many.join('')))
    expect(types).toMatchObject({
      ran: true,
      reason: expect.stringMatching(/^20 of 2\d errors are listed$/),
    })
    expect(types?.errors).toHaveLength(20)
    const said = JSON.stringify(types)
    expect(said).not.toContain('hidden-literal')
    expect(said).not.toContain(folder.root)
    expect(types?.errors.some(({ message }) => message.includes('"own"'))).toBe(true)
  })

  it('runs neither plugins nor code of the project, and reads another tsconfig when it is named', async () => {
    const trap = "require('fs').writeFileSync(__dirname + '/sprung', '')\n"
    const folder = await createProject({
      'node_modules_later/plugin.js': trap,
      'src/trap.js': trap,
      'tsconfig.strict.json': JSON.stringify({
        extends: './tsconfig.json',
        compilerOptions: {
          plugins: [{ name: '../node_modules_later/plugin.js' }],
          noUnusedLocals: true,
        },
      }),
    })
    const { check } = await open(folder, {}, 'tsconfig.strict.json')
    const { types } = await check(modify('src/a.ts', 'const unused = 1\nexport {}\n'))
    expect(types).toMatchObject({ ran: true, errors: [{ path: 'src/a.ts', line: 1 }] })
    expect(Object.keys(await folder.tree()).filter((path) => path.endsWith('sprung'))).toEqual([])
  })
})

describe('a type check that cannot run', () => {
  const limits = { checkMs: 15_000, waitMs: 15_000, waiting: 5 }
  const draft = [{ path: 'src/a.ts', original: null, content: 'export {}\n' }]
  const checker = (folder: TestFolder, changed = {}) =>
    createTypeChecker(async () => folder.root, 'tsconfig.json', { ...limits, ...changed })
  const install = (folder: TestFolder, code: string) =>
    folder.write('node_modules/typescript/index.js', code)

  it('says that TypeScript is not installed, cannot check, or fails', async () => {
    const folder = await createFolder(files)
    const reason = async () => {
      const { ran, reason: said } = await checker(folder)(draft)
      return [ran, said]
    }
    expect(await reason()).toEqual([false, 'typescript is not installed in the project'])
    await install(folder, "exports.version = '7.0.0'")
    expect(await reason()).toEqual([false, 'typescript 7.0.0 has no API that checks types'])
    await install(folder, "throw new Error('secret')")
    expect(await reason()).toEqual([false, 'typescript failed'])
    await install(folder, 'process.exit(0)')
    expect(await reason()).toEqual([false, 'typescript ended without an answer'])
  })

  it('is ended when it takes too long, and those that wait do not wait longer than their time', async () => {
    const folder = await createFolder(files)
    await install(folder, 'for (;;) {}')
    const [first, second] = await Promise.all([
      checker(folder, { checkMs: 2_000 })(draft),
      checker(folder, { waitMs: 1 })(draft),
    ])
    expect(first).toEqual({
      ran: false,
      errors: [],
      reason: 'The type check took more than 2 seconds',
    })
    expect(second).toMatchObject({ ran: false, reason: 'Another type check runs' })
  })

  it('keeps a change set from being applied where a proof is required, as an error does', async () => {
    const folder = await createProject()
    const { check, apply } = await open(folder, {
      changes: { approve: 'never', proof: 'required' },
    })
    const wrong = await check(modify('src/a.ts', 'export const n: number = null\n'))
    const unseen = await check(modify('src/excluded/a.ts', 'export {}\n'))
    const text = await check(modify('src/notes.txt', 'x'))
    const refusal = { status: 409, body: { error: { details: { reason: 'proof_required' } } } }
    expect(await apply(wrong)).toMatchObject(refusal)
    expect(await apply(unseen)).toMatchObject(refusal)
    expect(await apply(text)).toMatchObject({ status: 200 })
  })

  it('makes a person decide on a change that brings errors', async () => {
    const { check, apply } = await open(await createProject(), {
      changes: { approve: 'destructive' },
    })
    const wrong = await check(modify('src/a.ts', 'export const n: number = null\n'))
    expect(await apply(wrong)).toMatchObject({
      status: 409,
      body: { error: { details: { reason: 'approval_required' } } },
    })
    const right = await check(modify('src/a.ts', 'export const n: number = 1\n'))
    expect(await apply(right)).toMatchObject({ status: 200 })
  })

  it('refuses a tsconfig that is not below the root', () => {
    for (const types of ['../tsconfig.json', 'src', 5 as unknown as string]) {
      expect(() => nodeWorkspace({ root: '.', types })).toThrow('types must be true, or the path')
    }
  })
})
