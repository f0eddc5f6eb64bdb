import { execFile } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { promisify } from 'node:util'
import { inject } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

/** A package as `npm publish` would send it: its tarball, the folder that was packed, and the paths of the packed files. */
export interface PackedLibrary {
  readonly tarball: string
  readonly folder: string
  readonly files: readonly string[]
}

/**
 * Builds and packs the library as `npm publish` would. All test files of a run share the package and leave it as it is: the
 * first one that asks makes it, and the others wait until it is there.
 */
export async function packLibrary(): Promise<PackedLibrary> {
  const folder = inject('packFolder')
  const answer = join(folder, 'packed.json')
  if (isFirst(join(folder, 'package'))) {
    const packed = await pack(join(folder, 'package')).catch((error: unknown) => ({
      error: String(error),
    }))
    writeFileSync(`${answer}.new`, JSON.stringify(packed))
    renameSync(`${answer}.new`, answer)
  }
  const signal = AbortSignal.timeout(300_000)
  while (!existsSync(answer)) await sleep(100, undefined, { signal })
  const packed = JSON.parse(readFileSync(answer, 'utf8')) as PackedLibrary | { error: string }
  if ('error' in packed) throw new Error(packed.error)
  return packed
}

/** Creates the folder. Returns false if another process has done so. */
function isFirst(folder: string): boolean {
  try {
    mkdirSync(folder)
    return true
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false
    throw error
  }
}

async function pack(folder: string): Promise<PackedLibrary> {
  const { files } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
    files: string[]
  }
  const sources = files.filter((path) => path !== 'dist' && !path.startsWith('!'))
  for (const path of ['package.json', 'README.md', 'LICENSE', ...sources]) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  await run(process.execPath, [join(root, 'scripts/build.mjs'), join(folder, 'dist')])
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts'], { cwd: folder })
  const [packed] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
  if (!packed) throw new Error('npm pack made no tarball')
  const tarball = join(folder, packed.filename)
  return { tarball, folder, files: packed.files.map(({ path }) => path) }
}

/** Creates a project in an empty folder and installs packages: names, or paths of tarballs. */
export async function installPackages(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}')
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...quiet, ...packages], { cwd: folder })
}
