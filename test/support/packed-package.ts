import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const root = resolve(import.meta.dirname, '../..')
const run = promisify(execFile)

/** Builds the library into an empty folder and packs it there, as `npm publish` would. */
export async function packLibrary(
  folder: string,
): Promise<{ readonly path: string; readonly files: readonly string[] }> {
  mkdirSync(folder, { recursive: true })
  const texts = ['README.md', 'LICENSE', 'CHANGELOG.md', 'CONTRIBUTING.md', 'SECURITY.md']
  for (const path of ['package.json', 'docs', ...texts]) {
    cpSync(join(root, path), join(folder, path), { recursive: true })
  }
  await run(process.execPath, [join(root, 'scripts/build.mjs'), join(folder, 'dist')])
  const { stdout } = await run('npm', ['pack', '--json', '--ignore-scripts'], { cwd: folder })
  const [tarball] = JSON.parse(stdout) as { filename: string; files: { path: string }[] }[]
  if (!tarball) throw new Error('npm pack made no tarball')
  return { path: join(folder, tarball.filename), files: tarball.files.map(({ path }) => path) }
}

/** Creates a project in an empty folder and installs packages: names, or paths of tarballs. */
export async function installPackages(folder: string, packages: readonly string[]): Promise<void> {
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'package.json'), '{"type": "module", "private": true}')
  const quiet = ['--prefer-offline', '--no-audit', '--no-fund', '--ignore-scripts']
  await run('npm', ['install', ...quiet, ...packages], { cwd: folder })
}
