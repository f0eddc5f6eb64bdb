import { execFile } from 'node:child_process'
import { chmod, mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const marker = 'installed'
const folder = fileURLToPath(new URL('../../.tools', import.meta.url))

/**
 * Downloads one npm package without its dependencies and unpacks it into `.tools/<name>`; returns that folder.
 *
 * @param spec Package and exact version.
 */
export async function unpackPackage(name: string, spec: string): Promise<string> {
  return provideTool(name, spec, async (draft) => {
    await run('npm', ['pack', '--silent', '--pack-destination', draft, spec])
    const [archive = ''] = await readdir(draft)
    await run('tar', ['-xzf', join(draft, archive), '-C', draft, '--strip-components=1'])
  })
}

/**
 * Installs an npm package once, outside the project, into `.tools/<name>`; returns its `node_modules`.
 *
 * @param spec Package and exact version, for example `deno@2.9.6`; several are separated by spaces. Another spec replaces the installed one.
 */
export async function installTool(name: string, spec: string): Promise<string> {
  const flags = ['--no-save', '--no-package-lock', '--no-audit', '--no-fund', '--loglevel=error']
  const target = await provideTool(name, spec, (draft) =>
    run('npm', ['install', ...flags, '--prefix', draft, ...spec.split(' ')]),
  )
  return join(target, 'node_modules')
}

/** Fills `.tools/<name>` unless it already contains this spec; returns the folder. */
export async function provideTool(
  name: string,
  spec: string,
  fill: (draft: string) => Promise<unknown>,
): Promise<string> {
  const target = join(folder, name)
  if ((await readMarker(target)) === spec) return target
  await mkdir(folder, { recursive: true })
  const draft = await mkdtemp(join(folder, `${name}-`))
  await fill(draft)
  await chmod(draft, 0o755) // mkdtemp keeps others out, also the user PostgreSQL runs as
  await writeFile(join(draft, marker), spec)
  await putInPlace(draft, target, spec)
  return target
}

/** Keeps the first of two installations, because two test files may install the same tool at once. */
async function putInPlace(draft: string, target: string, spec: string): Promise<void> {
  if ((await readMarker(target)) !== spec) await rm(target, { recursive: true, force: true })
  await rename(draft, target).catch(async (error: unknown) => {
    await rm(draft, { recursive: true, force: true })
    if ((await readMarker(target)) !== spec) throw error
  })
}

function readMarker(target: string): Promise<string> {
  return readFile(join(target, marker), 'utf8').catch(() => '')
}
