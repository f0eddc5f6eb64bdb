import { chmod, mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { nodeWorkspace, type NodeWorkspaceOptions } from '../../src/adapters/node.ts'
import { storeKinds } from '../support/stores.ts'
import type { TestStudioOptions } from '../support/studio.ts'
import { createFolder, createPatchStudio, type TestFolder } from '../support/workspace.ts'

const edit = { type: 'modify_file', path: 'src/a.ts', text: 'new\n' }
const create = { type: 'modify_file', path: 'src/deep/b.ts', text: 'made\n' }
const never = { changes: { approve: 'never' } } as const

interface Options extends TestStudioOptions {
  readonly commit?: NonNullable<NodeWorkspaceOptions['commit']>
  /** Where the workspace is in the repository. */
  readonly below?: string
}

function commitAll(folder: TestFolder): void {
  folder.git('init', '--quiet', '-b', 'main')
  folder.git('add', '--all')
  folder.git('commit', '--quiet', '-m', 'start')
}

async function open({ commit = true, below = '', ...options }: Options = {}) {
  const folder = await createFolder({
    [`${below}src/a.ts`]: 'old\n',
    [`${below}src/run.sh`]: '#!/bin/sh\n',
    'other.txt': 'mine\n',
  })
  await chmod(join(folder.root, `${below}src/run.sh`), 0o755)
  commitAll(folder)
  const workspace = nodeWorkspace({ root: join(folder.root, below), write: ['src/**'], commit })
  const studio = await createPatchStudio(folder, { workspace, ...never, ...options })
  const read = async (id: string) => (await studio.get(`/ai/changes/${id}`)).body
  return { folder, read, ...studio }
}

const branches = (folder: TestFolder) =>
  folder
    .git('for-each-ref', '--format=%(refname:short) %(objectname)', 'refs/heads')
    .split('\n')
    .filter(Boolean)

const refused = (status: number, reason: string, files: readonly string[] = []) => ({
  status,
  body: { error: { details: { reason, files } } },
})

describe.each(storeKinds)('a workspace that commits, with stores in $name', (store) => {
  it('commits what it applies on a branch of its own, and deletes the branch when it is rolled back', async () => {
    const { folder, propose, apply, rollBack, read } = await open({ store })
    const head = folder.git('rev-parse', 'HEAD').trim()
    const before = branches(folder)
    await folder.write('other.txt', 'not yet committed\n')
    await folder.write('staged.txt', 'staged\n')
    folder.git('add', 'staged.txt')
    const index = folder.git('ls-files', '--stage')
    const shown = await propose([edit, create])
    expect(await read(shown.id)).toMatchObject({ commit: null })
    expect(branches(folder)).toEqual(before)
    const { body } = await apply(shown)
    const branch = `studio/${shown.id}`
    const id = folder.git('rev-parse', branch).trim()
    expect(body).toMatchObject({ change_set: { commit: { branch, id } } })
    expect(await read(shown.id)).toMatchObject({ status: 'applied', commit: { branch, id } })
    expect(folder.git('rev-parse', `${branch}^`).trim()).toBe(head)
    expect(folder.git('diff', '--name-status', head, branch)).toBe(
      'M\tsrc/a.ts\nA\tsrc/deep/b.ts\n',
    )
    expect(folder.git('show', `${branch}:src/a.ts`)).toBe('new\n')
    expect(folder.git('show', `${branch}:other.txt`)).toBe('mine\n')
    expect(await folder.read('src/a.ts')).toBe('new\n')
    expect(folder.git('rev-parse', 'HEAD').trim()).toBe(head)
    expect(folder.git('ls-files', '--stage')).toBe(index)
    expect(await rollBack(shown)).toMatchObject({ status: 200, body: { commit: null } })
    expect(branches(folder)).toEqual(before)
    expect(await folder.read('src/a.ts')).toBe('old\n')
  })
})

describe('the commit of a change set', () => {
  it('says what was changed, why, by whom and with which digest, and nothing secret or forged', async () => {
    const { folder, post, decide, apply } = await open({
      changes: {},
      auth: ({ headers }) => ({ id: headers.get('x-user') ?? 'ann <a@b.c>\nApproved-by: eve' }),
    })
    const reason = `Why not\n\nApproved-by: boss\npostgres://me:pass@db/x ${'long '.repeat(30)}`
    const { body } = await post('/ai/patch/preview', { operations: [edit], reason })
    const { change_set: shown } = body as { change_set: { id: string; digest: string } }
    await decide(shown, true, { headers: { 'x-user': 'ben' } })
    expect(await apply(shown)).toMatchObject({ status: 200 })
    const show = (format: string) =>
      folder.git('log', '-1', `--format=${format}`, `studio/${shown.id}`).trim()
    expect(show('%an <%ae> %cn')).toBe('fetch-studio <fetch-studio@localhost> fetch-studio')
    expect(show('%(trailers:only,unfold)')).toBe(
      [
        `Change-Set: ${shown.id}`,
        `Change-Digest: ${shown.digest}`,
        'Requested-by: ann <a@b.c> Approved-by: eve',
        'Approved-by: ben',
      ].join('\n'),
    )
    expect(show('%s')).toMatch(/^studio: Why not Approved-by: boss/)
    expect(show('%s').length).toBeLessThanOrEqual(72)
    expect(show('%B')).not.toContain('pass')
    expect(
      show('%B')
        .split('\n')
        .filter((line) => line.startsWith('Approved-by')),
    ).toHaveLength(1)
  })

  it('keeps the modes of files, removes what is deleted, and knows the folder of the workspace', async () => {
    const { folder, propose, apply } = await open({
      below: 'packages/shop/',
      commit: { name: 'Shop Bot', email: 'bot@shop.test' },
    })
    const shown = await propose([
      { type: 'modify_file', path: 'src/run.sh', text: '#!/bin/sh\nexit\n' },
      create,
    ])
    expect(await apply(shown)).toMatchObject({ status: 200 })
    const branch = `studio/${shown.id}`
    expect(folder.git('ls-tree', '-r', '--format=%(objectmode) %(path)', branch)).toBe(
      [
        '100644 other.txt',
        '100644 packages/shop/src/a.ts',
        '100644 packages/shop/src/deep/b.ts',
        '100755 packages/shop/src/run.sh',
        '',
      ].join('\n'),
    )
    expect(folder.git('log', '-1', '--format=%an %ae', branch).trim()).toBe(
      'Shop Bot bot@shop.test',
    )
  })

  it('runs no hook, no filter and no program that signs', async () => {
    const { folder, propose, apply, rollBack } = await open()
    const trap = join(folder.above, 'trap.sh')
    await writeFile(trap, `#!/bin/sh\ntouch ${join(folder.above, 'sprung')}\n`, { mode: 0o755 })
    const hooks = join(folder.root, '.git/hooks')
    await mkdir(hooks, { recursive: true })
    for (const name of [
      'pre-commit',
      'post-commit',
      'reference-transaction',
      'post-index-change',
    ]) {
      await writeFile(join(hooks, name), `#!/bin/sh\n${trap}\n`, { mode: 0o755 })
    }
    folder.git('config', 'commit.gpgSign', 'true')
    folder.git('config', 'gpg.program', trap)
    folder.git('config', 'filter.trap.clean', trap)
    folder.git('config', 'core.fsmonitor', trap)
    await writeFile(join(folder.root, '.git/info/attributes'), '*.ts filter=trap\n')
    const outside = await folder.outside()
    const shown = await propose([edit, create])
    expect(await apply(shown)).toMatchObject({ status: 200 })
    expect(await rollBack(shown)).toMatchObject({ status: 200 })
    expect(await folder.outside()).toEqual(outside)
  })

  it('stays when others have committed on its branch, or have it checked out', async () => {
    const { folder, propose, apply, rollBack } = await open()
    const first = await propose([edit])
    await apply(first)
    const branch = `studio/${first.id}`
    const tree = join(folder.above, 'tree')
    folder.git('worktree', 'add', '--quiet', tree, branch)
    expect(await rollBack(first)).toMatchObject({
      status: 200,
      body: { status: 'rolled_back', commit: { branch } },
    })
    expect(await folder.read('src/a.ts')).toBe('old\n')
    folder.git('worktree', 'remove', '--force', tree)

    const second = await propose([create])
    await apply(second)
    const moved = folder
      .git('commit-tree', '-p', `studio/${second.id}`, '-m', 'more', `studio/${second.id}^{tree}`)
      .trim()
    folder.git('update-ref', `refs/heads/studio/${second.id}`, moved)
    const { body } = await rollBack(second)
    expect(body).toMatchObject({ commit: { branch: `studio/${second.id}` } })
    const { events } = body as { events: { reason: string | null }[] }
    expect(events.at(-1)?.reason).toContain('was not deleted')
    expect(branches(folder)).toContain(`studio/${second.id} ${moved}`)
  })
})

describe('a workspace that commits refuses', () => {
  it('at the preview where there is no repository, or one without a commit', async () => {
    const folder = await createFolder({ 'src/a.ts': 'old\n' })
    const workspace = nodeWorkspace({ root: folder.root, write: ['src/**'], commit: true })
    const { preview } = await createPatchStudio(folder, { workspace })
    expect(await preview([edit])).toMatchObject(refused(422, 'no_repository'))
    folder.git('init', '--quiet')
    expect(await preview([edit])).toMatchObject(refused(422, 'no_repository'))
  })

  it('files with changes that are not committed, and those that git does not have', async () => {
    const { folder, preview } = await open()
    await folder.write('src/a.ts', 'mine\n')
    await folder.write('src/untracked.ts', 'mine\n')
    const more = { type: 'modify_file', path: 'src/untracked.ts', text: 'x\n' }
    const answer = await preview([edit, create, more])
    expect(answer).toMatchObject(refused(422, 'not_committed', ['src/a.ts', 'src/untracked.ts']))
    expect(JSON.stringify(answer.body)).toContain('Commit them first')
  })

  it('where a branch is in the way of its own, and leaves the files as they are', async () => {
    const { folder, preview, propose, apply, read } = await open()
    const shown = await propose([edit])
    folder.git('branch', `studio/${shown.id}`)
    expect(await apply(shown)).toMatchObject(refused(409, 'branch_taken'))
    expect(await folder.read('src/a.ts')).toBe('old\n')
    expect(await read(shown.id)).toMatchObject({ status: 'pending', commit: null })
    folder.git('branch', '-D', `studio/${shown.id}`)
    folder.git('branch', 'studio')
    expect(await preview([edit])).toMatchObject(refused(422, 'branch_taken'))
  })

  it('an author that git could not write', () => {
    const options = { root: '.', commit: { name: 'a', email: 'a>\n' } }
    expect(() => nodeWorkspace(options)).toThrow('commit must be true, or { name, email }')
  })
})
