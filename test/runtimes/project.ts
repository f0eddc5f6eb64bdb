import { execFile } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'

const root = resolve(import.meta.dirname, '../..')

interface Manifest {
  readonly name: string
  readonly version: string
  readonly dependencies: Readonly<Record<string, string>>
}

/**
 * Makes a project in a new folder that has the built package, and what it depends on, in its node_modules, and an
 * unchanged copy of `examples/hello`. Whoever calls removes it.
 */
export async function createHelloProject(): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'fetch-studio-hello-'))
  const manifest = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as Manifest
  const installed = join(project, 'node_modules', manifest.name)
  mkdirSync(installed, { recursive: true })
  cpSync(join(root, 'package.json'), join(installed, 'package.json'))
  const build = [join(root, 'scripts/build.mjs'), join(installed, 'dist')]
  await promisify(execFile)(process.execPath, [...build, '--noCheck', '--declaration', 'false'])

  for (const name of Object.keys(manifest.dependencies)) {
    const link = join(project, 'node_modules', name)
    mkdirSync(join(link, '..'), { recursive: true })
    symlinkSync(join(root, 'node_modules', name), link)
  }
  const { name, version, dependencies } = manifest
  const own = { type: 'module', private: true, dependencies: { ...dependencies, [name]: version } }
  writeFileSync(join(project, 'package.json'), JSON.stringify(own))
  cpSync(join(root, 'examples/hello'), project, { recursive: true })
  return project
}
