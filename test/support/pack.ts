import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')

/** The parts of package.json that tests read. */
export interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/** Builds and packs the library as for a release, and unpacks the tarball into a new folder. */
export async function installPacked(target: string): Promise<Manifest> {
  const folder = mkdtempSync(join(tmpdir(), 'fetch-studio-pack-'))
  try {
    for (const file of ['package.json', 'README.md', 'LICENSE', 'CHANGELOG.md']) {
      cpSync(join(root, file), join(folder, file))
    }
    await run(process.execPath, [
      join(root, 'scripts/build.mjs'),
      join(folder, 'dist'),
      '--noCheck',
    ])
    await run('npm', ['pack', '--silent', '--ignore-scripts'], { cwd: folder })
    const { name, version, dependencies } = readManifest(folder)
    mkdirSync(target, { recursive: true })
    const tarball = join(folder, `${name}-${version}.tgz`)
    await run('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
    return { name, version, dependencies }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function readManifest(folder: string): Manifest {
  return JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')) as Manifest
}
