import { createHash } from 'node:crypto'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type {
  CommitFile,
  CommitRefusal,
  CommitRequest,
  WorkspaceBranches,
} from '../../change/workspace.ts'
import { StudioError } from '../../errors.ts'
import { git, type GitAnswer } from './git.ts'

/** Who makes the commits of change sets. */
export interface CommitAuthor {
  readonly name: string
  readonly email: string
}

/** The author where the option names none. */
const defaultAuthor: CommitAuthor = { name: 'fetch-studio', email: 'fetch-studio@localhost' }

/** No program of the repository runs, nothing is fetched, and what a branch will name is on the disk before it does. */
const settings = [
  '-c core.splitIndex=false',
  '-c core.fsync=all',
  '-c i18n.commitEncoding=UTF-8',
].flatMap((setting) => setting.split(' '))
const quiet = {
  GIT_NO_LAZY_FETCH: '1',
  GIT_NO_REPLACE_OBJECTS: '1',
  GIT_LITERAL_PATHSPECS: '1',
  GIT_TERMINAL_PROMPT: '0',
}

/** Reads the option `commit`. Resolves to null where change sets are not committed. @throws TypeError for any other value. */
export function toAuthor(commit: unknown): CommitAuthor | null {
  if (commit === undefined || commit === false) return null
  if (commit === true) return defaultAuthor
  const { name, email } = (commit ?? {}) as Partial<CommitAuthor>
  const isFit = (text: unknown) => typeof text === 'string' && /^[^<>\p{Cc}]+$/u.test(text.trim())
  if (name !== undefined && email !== undefined && isFit(name) && isFit(email)) {
    return { name, email }
  }
  throw new TypeError('nodeWorkspace: commit must be true, or { name, email } of the author')
}

/** Makes branches with commits in the repository of a folder, with plumbing alone. */
export function createBranches(
  root: () => Promise<string>,
  author: CommitAuthor | null,
): WorkspaceBranches {
  return {
    isOn: author !== null,
    check: async (base, files) => check(await root(), base, files),
    write: async (request) => write(await root(), request, author ?? defaultAuthor),
    create: async (branch, id) => create(await root(), `refs/heads/${branch}`, id),
    remove: async (branch, id) => remove(await root(), `refs/heads/${branch}`, id),
  }
}

async function check(
  root: string,
  base: string | null,
  files: readonly CommitFile[],
): Promise<CommitRefusal | null> {
  if (base === null) {
    const message = 'The workspace commits change sets, but is in no git repository with a commit'
    return { reason: 'no_repository', message, files: [] }
  }
  if ((await readTip(root, 'refs/heads/studio')) !== null) {
    const message = 'A branch named studio is in the way of the branches of change sets'
    return { reason: 'branch_taken', message, files: [] }
  }
  const prefix = await readPrefix(root)
  const paths = files.flatMap(({ path }) => withFolders(prefix + path))
  const entries = await readEntries(root, base, [...new Set(paths)])
  const others = files.filter((file) => !isCommitted(file, { prefix, entries }))
  if (others.length === 0) return null
  const message = `Files have changes that are not committed, or that git converts: ${others
    .slice(0, 5)
    .map(({ path }) => path)
    .join(', ')}. Commit them first`
  return { reason: 'not_committed', message, files: others.map(({ path }) => path) }
}

/** Returns a path and the folders above it. */
function withFolders(path: string): string[] {
  const segments = path.split('/')
  return segments.map((_segment, index) => segments.slice(0, index + 1).join('/'))
}

interface TreeEntry {
  readonly mode: string
  readonly type: string
  readonly id: string
}

interface Known {
  /** The path of the workspace in its repository, with a `/` at the end; empty for the whole of it. */
  readonly prefix: string
  readonly entries: ReadonlyMap<string, TreeEntry>
}

/** Does the commit have exactly the bytes from which a file starts? */
function isCommitted({ path, original }: CommitFile, { prefix, entries }: Known): boolean {
  const folders = withFolders(prefix + path).slice(0, -1)
  if (folders.some((folder) => (entries.get(folder)?.type ?? 'tree') !== 'tree')) return false
  const entry = entries.get(prefix + path)
  if (original === null || !entry) return original === null && !entry
  const isPlain = entry.mode === '100644' || entry.mode === '100755'
  return isPlain && entry.id === blobId(original, entry.id.length)
}

/** Returns the id that git gives to a text: SHA-1, or SHA-256 in a repository of that format. */
function blobId(text: string, length: number): string {
  const bytes = Buffer.from(text)
  const hash = createHash(length === 64 ? 'sha256' : 'sha1')
  return hash.update(`blob ${bytes.length}\0`).update(bytes).digest('hex')
}

async function readPrefix(root: string): Promise<string> {
  return (await ask(root, ['rev-parse', '--show-prefix'])).replace(/\r?\n$/, '')
}

async function readEntries(
  root: string,
  commit: string,
  paths: readonly string[],
): Promise<Map<string, TreeEntry>> {
  const listed = await ask(root, ['ls-tree', '-z', '--full-tree', commit, '--', ...paths])
  const entries = listed.split('\0').filter(Boolean)
  return new Map(
    entries.map((line) => {
      const tab = line.indexOf('\t')
      const [mode = '', type = '', id = ''] = line.slice(0, tab).split(' ')
      return [line.slice(tab + 1), { mode, type, id }]
    }),
  )
}

/** Builds the tree in an index of its own, so that the index of the person stays as it is. */
async function write(
  root: string,
  { base, files, message, authoredAt, committedAt }: CommitRequest,
  { name, email }: CommitAuthor,
): Promise<string> {
  const prefix = await readPrefix(root)
  const paths = files.map(({ path }) => prefix + path)
  const entries = await readEntries(root, base, paths)
  const folder = await mkdtemp(join(tmpdir(), 'fetch-studio-index-'))
  try {
    const env = { GIT_INDEX_FILE: join(folder, 'index') }
    await ask(root, ['read-tree', base], { env })
    const lines: string[] = []
    for (const { path, content } of files) {
      const { mode = '100644' } = entries.get(prefix + path) ?? {}
      const id = content === null ? null : await writeBlob(root, content, base.length)
      lines.push(
        `${id === null ? `0 ${'0'.repeat(base.length)}` : `${mode} ${id}`}\t${prefix}${path}\0`,
      )
    }
    await ask(root, ['update-index', '-z', '--index-info'], { env, input: lines.join('') })
    const tree = (await ask(root, ['write-tree', '--missing-ok'], { env })).trim()
    const who = (role: string, at: string) => ({
      [`GIT_${role}_NAME`]: name,
      [`GIT_${role}_EMAIL`]: email,
      [`GIT_${role}_DATE`]: `${Math.floor(Date.parse(at) / 1000)} +0000`,
    })
    const commit = await ask(root, ['commit-tree', '--no-gpg-sign', '-p', base, tree], {
      env: { ...who('AUTHOR', authoredAt), ...who('COMMITTER', committedAt) },
      input: message,
    })
    await checkCommit(root, { base, id: commit.trim(), paths })
    return commit.trim()
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function writeBlob(root: string, content: string, length: number): Promise<string> {
  const id = (await ask(root, ['hash-object', '-w', '--stdin'], { input: content })).trim()
  return id === blobId(content, length) ? id : fail('git keeps other bytes than those of the files')
}

/** The commit must change the files of the change set, and nothing else. */
async function checkCommit(
  root: string,
  { base, id, paths }: { readonly base: string; readonly id: string; readonly paths: string[] },
): Promise<void> {
  const args = ['diff-tree', '-r', '-z', '--name-only', '--no-renames', base, id]
  const changed = (await ask(root, args)).split('\0').filter(Boolean)
  const isSame = changed.toSorted().join('\0') === paths.toSorted().join('\0')
  if (!isSame) fail('git would commit other files than those of the change set')
}

async function create(root: string, ref: string, id: string): Promise<void> {
  const made = await run(root, ['update-ref', ref, id, '0'.repeat(id.length)])
  if (made.code === 0) return
  const tip = await readTip(root, ref)
  if (tip === id) return
  if (tip === null) fail('git could not make the branch of the change set')
  throw new StudioError('conflict', 'The branch of the change set has another commit', {
    details: { reason: 'branch_taken', files: [] },
  })
}

async function remove(root: string, ref: string, id: string): Promise<boolean> {
  const tip = await readTip(root, ref)
  if (tip === null) return true
  if (tip !== id) return false
  const trees = await ask(root, ['worktree', 'list', '--porcelain'])
  if (trees.split(/\r?\n/).includes(`branch ${ref}`)) return false
  const removed = await run(root, ['update-ref', '-d', ref, id])
  if (removed.code === 0 || (await readTip(root, ref)) === null) return true
  return fail('git could not delete the branch of the change set')
}

/** Resolves to the commit of a branch; null where there is no such branch. */
async function readTip(root: string, ref: string): Promise<string | null> {
  const { code, stdout } = await run(root, ['rev-parse', '--verify', '--quiet', ref])
  if (code === 0) return stdout.trim()
  return code === 1 ? null : fail('git cannot read the repository')
}

type Extra = NonNullable<Parameters<typeof git>[2]>

function run(root: string, args: readonly string[], extra: Extra = {}): Promise<GitAnswer> {
  return git(root, [...settings, ...args], { ...extra, env: { ...quiet, ...extra.env } })
}

/** Resolves to what git prints. @throws StudioError `unavailable` when it fails. */
async function ask(root: string, args: readonly string[], extra: Extra = {}): Promise<string> {
  const { code, stdout, stderr } = await run(root, args, extra)
  return code === 0 ? stdout : fail('git could not write to the repository', stderr)
}

function fail(message: string, cause?: string): never {
  throw new StudioError('unavailable', message, {
    details: { reason: 'git_failed' },
    ...(cause === undefined ? {} : { cause: new Error(cause) }),
  })
}
