import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

/** A package as `npm publish` would send it: its tarball, and the paths of the files in it. */
export interface PackedLibrary {
  readonly tarball: string
  readonly files: readonly string[]
}

/** Builds the library into an empty folder and packs it there, as `npm publish` would. */
export async function packLibrary(folder: string): Promise<PackedLibrary> {
  mkdirSync(folder, { recursive: true })
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
  return { tarball: join(folder, packed.filename), files: packed.files.map(({ path }) => path) }
}

/** Creates a project in an empty folder and installs packages: names, or paths of tarballs. */
export async function installPackages(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}')
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...quiet, ...packages], { cwd: folder })
}
