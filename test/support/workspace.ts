import { execFileSync } from 'node:child_process'
import { mkdir, mkdtemp, readdir, readFile, realpath, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { nodeWorkspace } from '../../src/adapters/node.ts'
import type { Workspace } from '../../src/index.ts'
import { createTestStudio, type TestStudioOptions } from './studio.ts'

/** A folder of a project, with one beside it that nothing may touch. */
export interface TestFolder {
  readonly root: string
  /** The folder above, which also holds `outside/canary.txt`. */
  readonly above: string
  write(path: string, content: string | Uint8Array): Promise<void>
  read(path: string): Promise<string>
  /** Every file below the root with its text, and every folder with null, sorted by path. `.git` is left out. */
  tree(): Promise<Readonly<Record<string, string | null>>>
  /** Everything outside of the root. */
  outside(): Promise<Readonly<Record<string, string | null>>>
  git(...args: readonly string[]): string
}

/** Makes a folder with these files, which is removed after the test. */
export async function createFolder(
  files: Readonly<Record<string, string>> = {},
): Promise<TestFolder> {
  const folder = await openTestFolder()
  onTestFinished(() => rm(folder.above, { recursive: true, force: true }))
  for (const [path, content] of Object.entries(files)) await folder.write(path, content)
  return folder
}

/** Makes an empty folder that the caller removes. */
export async function openTestFolder(): Promise<TestFolder> {
  const above = await realpath(await mkdtemp(join(tmpdir(), 'studio-workspace-')))
  const root = join(above, 'project')
  await mkdir(join(above, 'outside'), { recursive: true })
  await mkdir(root)
  await writeFile(join(above, 'outside/canary.txt'), 'alive')
  return {
    root,
    above,
    async write(path, content) {
      await mkdir(dirname(join(root, path)), { recursive: true })
      await writeFile(join(root, path), content)
    },
    read: (path) => readFile(join(root, path), 'utf8'),
    tree: () => readTree(root, '', (path) => path === '.git'),
    outside: () => readTree(above, '', (path) => path === 'project'),
    git: (...args) =>
      execFileSync('git', ['-c', 'user.name=a', '-c', 'user.email=a@b.c', ...args], {
        cwd: root,
        encoding: 'utf8',
        stdio: ['ignore', 'pipe', 'ignore'],
      }),
  }
}

async function readTree(
  root: string,
  path: string,
  skip: (path: string) => boolean,
): Promise<Record<string, string | null>> {
  const tree: Record<string, string | null> = {}
  const entries = await readdir(join(root, path), { withFileTypes: true })
  for (const entry of entries.toSorted((a, b) => (a.name < b.name ? -1 : 1))) {
    const here = path === '' ? entry.name : `${path}/${entry.name}`
    if (skip(here)) continue
    if (entry.isDirectory()) Object.assign(tree, { [here]: null }, await readTree(root, here, skip))
    else tree[here] = entry.isFile() ? await readFile(join(root, here), 'latin1') : 'a link'
  }
  return tree
}

/** Makes a studio that may patch the files of a folder below `src`. */
export async function createPatchStudio(
  folder: TestFolder,
  { workspace, ...options }: TestStudioOptions & { readonly workspace?: Workspace } = {},
) {
  const studio = await createTestStudio({
    workspace: workspace ?? nodeWorkspace({ root: folder.root, write: ['src/**', 'docs/*.md'] }),
    allow: ['ai_patch'],
    ...options,
  })
  const confirmed = { headers: { 'x-ai-apply': 'true' } }
  return {
    ...studio,
    confirmed,
    /** Previews operations; resolves to the answer. */
    preview: (operations: readonly object[], fields: object = {}) =>
      studio.post('/ai/patch/preview', { operations, ...fields }),
    /** Previews operations; resolves to the id and digest of the change set. */
    async propose(operations: readonly object[]) {
      const { body } = await studio.post('/ai/patch/preview', { operations })
      const { change_set } = body as { change_set: { id: string; digest: string } | null }
      if (!change_set) throw new Error(`nothing to change: ${JSON.stringify(body)}`)
      return { id: change_set.id, digest: change_set.digest }
    },
    decide: ({ id, digest }: Shown, approved = true, init = {}) =>
      studio.post(`/ai/changes/${id}/decision`, { approved, expected_digest: digest }, init),
    apply: ({ id, digest }: Shown, init: { headers?: Record<string, string> } = confirmed) =>
      studio.post('/ai/patch/apply', { change_set: id, expected_digest: digest }, init),
    rollBack: ({ id }: Pick<Shown, 'id'>, init: { headers?: Record<string, string> } = confirmed) =>
      studio.post(`/ai/changes/${id}/rollback`, {}, init),
  }
}

/** A change set as a person saw it. */
export interface Shown {
  readonly id: string
  readonly digest: string
}
