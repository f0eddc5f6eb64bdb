import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const folder = fileURLToPath(new URL('../../.tools', import.meta.url))

/**
 * Installs an npm package beside the project, once, under `.tools/<name>`; answers its `node_modules`.
 *
 * @param spec Package and exact version, for example `deno@2.9.6`. Another spec replaces what was there.
 */
export async function installTool(name: string, spec: string): Promise<string> {
  const target = join(folder, name)
  const marker = join(target, 'installed')
  const installed = await readFile(marker, 'utf8').catch(() => '')
  if (installed !== spec) {
    await mkdir(folder, { recursive: true })
    const draft = await mkdtemp(join(folder, `${name}-`))
    const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
    await promisify(execFile)('npm', ['install', ...flags, '--prefix', draft, spec])
    await chmod(draft, 0o755) // mkdtemp keeps others out, also the user PostgreSQL runs as
    await writeFile(join(draft, 'installed'), spec)
    await putInPlace(draft, target, spec)
  }
  return join(target, 'node_modules')
}

/** Two test files may install the same tool at once; the first one in place is kept. */
async function putInPlace(draft: string, target: string, spec: string): Promise<void> {
  const current = await readFile(join(target, 'installed'), 'utf8').catch(() => '')
  if (current !== spec) await rm(target, { recursive: true, force: true })
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true })
    const winner = await readFile(join(target, 'installed'), 'utf8').catch(() => '')
    if (winner !== spec) throw error
  })
}
