import { execFile } from 'node:child_process'
import { access } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { StudioError } from '../../errors.ts'

/** The exit code of git and what it printed. */
export interface GitAnswer {
  /** The exit code; null when git is not installed. */
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

/** Programs of a repository never run: neither hooks nor file system monitors. The owner of the folder does not matter. */
const settings = [
  '-c core.hooksPath=/dev/null',
  '-c core.fsmonitor=false',
  '-c safe.directory=*',
].flatMap((setting) => setting.split(' '))

const timeoutMs = 20_000

/** Resolves to the commit of HEAD; null without a repository or a commit. */
export async function readCommit(root: string): Promise<string | null> {
  const { code, stdout } = await git(root, ['rev-parse', '--verify', '--quiet', 'HEAD'])
  if (code === 0) return stdout.trim()
  await isRepository(root) // a new one has no commit; one that git cannot read is no answer
  return null
}

/** Resolves to the paths that git ignores, and to those of which it cannot tell. Without a repository none is ignored. */
export async function findIgnored(root: string, paths: readonly string[]): Promise<Set<string>> {
  if (paths.length === 0) return new Set()
  const ask = (some: readonly string[]) =>
    git(root, ['check-ignore', '-z', '--stdin'], { input: some.join('\0') })
  const { code, stdout } = await ask(paths)
  if (code === 0 || code === 1) return new Set(stdout.split('\0').filter(Boolean))
  if (!(await isRepository(root))) return new Set()
  // one path makes git refuse all, for example one of a submodule
  const ignored = new Set<string>()
  for (const path of paths) if ((await ask([path])).code !== 1) ignored.add(path)
  return ignored
}

/** @throws StudioError `unavailable` when there is a repository that git cannot be asked about. */
async function isRepository(root: string): Promise<boolean> {
  const { code, stdout, stderr } = await git(root, ['rev-parse', '--is-inside-work-tree'])
  if (code === 0)
    return stdout.trim() === 'true' || refuse('The workspace is inside a folder of git')
  if (code === null) {
    if (!(await hasRepository(root))) return false
    refuse('The workspace is in a git repository, and git is not installed')
  }
  return /not a git repository/.test(stderr) ? false : refuse('git cannot read the repository')
}

function refuse(message: string): never {
  throw new StudioError('unavailable', message, { details: { reason: 'git_failed' } })
}

async function hasRepository(folder: string): Promise<boolean> {
  const isHere = await access(join(folder, '.git')).then(
    () => true,
    () => false,
  )
  const parent = dirname(folder)
  return isHere || (parent !== folder && (await hasRepository(parent)))
}

/** Runs git in a folder, without its hooks and without the variables of this process that would change what it does. */
export function git(
  root: string,
  args: readonly string[],
  { input = '', env: extra = {} }: { input?: string; env?: Readonly<Record<string, string>> } = {},
): Promise<GitAnswer> {
  const own = Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_'))
  const env = { ...Object.fromEntries(own), LC_ALL: 'C', GIT_OPTIONAL_LOCKS: '0', ...extra }
  // Windows looks for programs in the working folder first, so that is not the project.
  const cwd = dirname(process.execPath)
  const options = { cwd, env, timeout: timeoutMs, maxBuffer: 4 * 1024 * 1024, windowsHide: true }
  return new Promise((resolve) => {
    const child = execFile(
      'git',
      [...settings, '-C', root, ...args],
      options,
      (error, stdout, stderr) => {
        const code = error ? error.code : 0
        if (code === 'ENOENT') resolve({ code: null, stdout, stderr })
        else resolve({ code: typeof code === 'number' ? code : 128, stdout, stderr })
      },
    )
    child.stdin?.on('error', () => undefined) // git may end before it has read all
    child.stdin?.end(input)
  })
}
