import { link, mkdir, rename, rm, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, it } from 'vitest'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import { hostilePaths } from '../support/hostile-paths.ts'
import { createFolder, createPatchStudio, type TestFolder } from '../support/workspace.ts'

/** How many paths to try: 10,000 in `npm run campaign:change`. */
const count = Number(process.env['HOSTILE_PATHS'] ?? 400)
const seed = Number(process.env['HOSTILE_SEED'] ?? 12)
const never = { changes: { approve: 'never' } } as const

/** A repository whose folders have links of every kind that lead outside. */
async function openTrap(): Promise<TestFolder> {
  const folder = await createFolder({
    'src/a.ts': 'a\n',
    'src/ignored.ts': 'i\n',
    'ignored/x.ts': 'x\n',
    '.gitignore': 'ignored\nignored.ts\n',
    '.env': 'SECRET=1\n',
    'package.json': '{}\n',
  })
  folder.git('init', '-q')
  const outside = join(folder.above, 'outside')
  await symlink(outside, join(folder.root, 'src/link'))
  await symlink(join(outside, 'canary.txt'), join(folder.root, 'src/file'))
  await symlink('.', join(folder.root, 'src/loop'))
  await symlink(join(outside, 'none'), join(folder.root, 'src/dangling'))
  await symlink(outside, join(folder.root, 'docs'))
  await link(join(outside, 'canary.txt'), join(folder.root, 'src/hard.ts'))
  return folder
}

it(`${count} hostile paths write no byte outside of the folder and none into protected files`, async () => {
  const folder = await openTrap()
  const outside = await folder.outside()
  const kept = await protectedOf(folder)
  const workspace = nodeWorkspace({ root: folder.root, write: ['**'] })
  const { post, confirmed, apply, failures } = await createPatchStudio(folder, {
    workspace,
    ...never,
  })
  const statuses = new Map<number, number>()
  let applied = 0
  const paths = hostilePaths(count, seed, folder.above)
  for (const path of paths) {
    const operations = [{ type: 'modify_file', path, text: 'pwned' }]
    const answer = await post('/ai/patch/apply', { operations }, confirmed)
    statuses.set(answer.status, (statuses.get(answer.status) ?? 0) + 1)
    if (answer.status !== 409) continue
    const { error } = answer.body as {
      error: { details: { change_set: { id: string; digest: string } } }
    }
    expect(await apply(error.details.change_set)).toMatchObject({ status: 200 })
    applied++
  }
  expect(failures).toEqual([])
  expect([...statuses.keys()].toSorted()).toEqual([200, 409])
  expect(applied).toBeGreaterThan(0) // some paths are harmless, so that the rest was not refused for another reason
  expect(applied).toBeLessThan(count / 4)
  expect(await folder.outside()).toEqual(outside)
  expect(await protectedOf(folder)).toEqual(kept)
}, 3_600_000)

async function protectedOf(folder: TestFolder) {
  const tree = Object.entries(await folder.tree())
  const name =
    /^\.|^(node_modules|package(-lock)?\.json|ignored(\.ts)?|migrations|id_rsa|secrets\.ts)$|\.pem$/i
  const isProtected = (path: string) => path.split('/').some((segment) => name.test(segment))
  return [
    ...tree.filter(([path, text]) => isProtected(path) || text === 'a link'),
    folder.git('config', '--list', '--local'),
  ]
}

const edit = { type: 'modify_file', path: 'src/a.ts', text: 'new\n' }
const inside = { type: 'modify_file', path: 'src/deep/b.ts', text: 'new\n' }

it.each([
  [
    'the file becomes a link to the canary',
    async ({ root, above }: TestFolder) => {
      await rm(join(root, 'src/a.ts'))
      await symlink(join(above, 'outside/canary.txt'), join(root, 'src/a.ts'))
    },
  ],
  [
    'the folder becomes a link to the outside',
    async ({ root, above }: TestFolder) => {
      await rename(join(root, 'src'), join(root, 'old'))
      await symlink(join(above, 'outside'), join(root, 'src'))
    },
  ],
  [
    'a missing folder comes into being as a link',
    async ({ root, above }: TestFolder) => symlink(join(above, 'outside'), join(root, 'src/deep')),
  ],
  [
    'the root becomes a link to the outside',
    async ({ root, above }: TestFolder) => {
      await rename(root, join(above, 'outside/moved'))
      await symlink(join(above, 'outside'), root)
    },
  ],
  ['a byte of the file changes', async (folder: TestFolder) => folder.write('src/a.ts', 'oLd\n')],
  ['the file loses its last byte', async (folder: TestFolder) => folder.write('src/a.ts', 'old')],
  ['the file disappears', async ({ root }: TestFolder) => rm(join(root, 'src/a.ts'))],
  [
    'the new file comes into being',
    async (folder: TestFolder) => folder.write('src/deep/b.ts', 'new\n'),
  ],
  [
    'the file becomes a folder',
    async ({ root }: TestFolder) => {
      await rm(join(root, 'src/a.ts'))
      await mkdir(join(root, 'src/a.ts'))
    },
  ],
  [
    'a file comes into being that differs by case alone',
    async (folder: TestFolder) => folder.write('src/A.ts', 'x'),
  ],
])('409 and no write: between preview and apply %s', async (_what, swap) => {
  const folder = await createFolder({ 'src/a.ts': 'old\n' })
  const { propose, apply } = await createPatchStudio(folder, never)
  const shown = await propose([edit, inside])
  await swap(folder)
  const [tree, outside] = [await folder.tree(), await folder.outside()]
  expect(await apply(shown)).toMatchObject({
    status: 409,
    body: { error: { details: { reason: 'changed_since_preview' } } },
  })
  expect(await folder.tree()).toEqual(tree)
  expect(await folder.outside()).toEqual(outside)
})

it('409 and no write: between preview and apply HEAD moves, or git begins to ignore the file', async () => {
  const folder = await createFolder({ 'src/a.ts': 'old\n' })
  folder.git('init', '-q')
  folder.git('commit', '-qm', 'one', '--allow-empty')
  const { propose, apply } = await createPatchStudio(folder, never)
  const first = await propose([edit])
  folder.git('commit', '-qm', 'two', '--allow-empty')
  expect(await apply(first)).toMatchObject({
    status: 409,
    body: { error: { details: { changed: ['the commit of HEAD'] } } },
  })
  const second = await propose([edit])
  await folder.write('.gitignore', 'src\n')
  expect(await apply(second)).toMatchObject({
    status: 409,
    body: { error: { details: { files: ['src/a.ts'] } } },
  })
  expect(await folder.read('src/a.ts')).toBe('old\n')
})

it('a hard link is replaced, and the file that it shared stays as it was', async () => {
  const folder = await createFolder()
  await mkdir(join(folder.root, 'src'))
  const outside = join(folder.above, 'outside')
  await link(join(outside, 'canary.txt'), join(folder.root, 'src/a.ts'))
  const before = await folder.outside()
  const { propose, apply, rollBack } = await createPatchStudio(folder, never)
  const shown = await propose([edit])
  expect(await apply(shown)).toMatchObject({ status: 200 })
  expect(await folder.read('src/a.ts')).toBe('new\n')
  expect(await folder.outside()).toEqual(before)
  expect(await rollBack(shown)).toMatchObject({ status: 200 })
  expect(await folder.outside()).toEqual(before)
})

it('files that are not text, too large or too many are refused', async () => {
  const folder = await createFolder()
  await folder.write('src/a.ts', new Uint8Array([0xff, 0xfe, 0x41]))
  await folder.write('src/b.ts', new Uint8Array([0x41, 0, 0x42]))
  await folder.write('src/c.ts', new Uint8Array(1024 * 1024 + 1).fill(65))
  const { preview } = await createPatchStudio(folder, never)
  const errorOf = async (operations: readonly object[]) => {
    const { body } = await preview(operations)
    return (body as { errors: string[] }).errors.join()
  }
  const to = (path: string) => ({ type: 'modify_file', path, text: 'x' })
  expect(await errorOf([to('src/a.ts')])).toContain('not UTF-8')
  expect(await errorOf([to('src/b.ts')])).toContain('not UTF-8')
  expect(await errorOf([to('src/c.ts')])).toContain('more than 1048576 bytes')
  const many = Array.from({ length: 51 }, (_, index) => to(`src/${index}.ts`))
  expect(await errorOf(many)).toContain('more than 50 files')
  expect(await errorOf([to('src/x.ts'), to('src/X.ts')])).toContain('by case or Unicode form alone')
})
