import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { unpackLibrary } from '../support/unpacked-library.ts'

const run = promisify(execFile)
const root = resolve(import.meta.dirname, '../..')
const examples = join(root, 'examples/frameworks')

/** The folder where the examples are built. It keeps its `node_modules` until the lockfile changes. */
export const project = join(root, '.tools/frameworks')

/** Installs the frameworks (`npm ci`), the library as it would be published, and copies of the examples. */
export async function createFrameworksProject(names: readonly string[]): Promise<void> {
  await installFrameworks()
  for (const name of [...names, 'studio.ts']) {
    rmSync(join(project, name), { recursive: true, force: true })
    cpSync(join(examples, name), join(project, name), { recursive: true })
  }
  await installLibrary()
}

/** Runs a program of the project's frameworks, such as `next`, in the folder of an example. */
export async function runTool(example: string, program: string, args: string[]): Promise<void> {
  const env = { ...process.env, NEXT_TELEMETRY_DISABLED: '1', ASTRO_TELEMETRY_DISABLED: '1' }
  const path = join(project, 'node_modules/.bin', program)
  await run(path, args, { cwd: join(project, example), env: { ...env, NODE_ENV: 'production' } })
}

async function installFrameworks(): Promise<void> {
  const lock = readFileSync(join(examples, 'package-lock.json'))
  const marker = join(project, 'installed')
  const digest = createHash('sha256').update(lock).digest('hex')
  if (readText(marker) === digest) return
  mkdirSync(project, { recursive: true })
  for (const name of ['package.json', 'package-lock.json']) {
    cpSync(join(examples, name), join(project, name))
  }
  await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: project })
  writeFileSync(marker, digest)
}

/** Bundlers refuse files outside the project, so its dependencies are copied, not linked. */
async function installLibrary(): Promise<void> {
  const home = join(project, 'node_modules/fetch-studio')
  rmSync(home, { recursive: true, force: true })
  const { dependencies } = await unpackLibrary(home)
  for (const name of [...Object.keys(dependencies), '@modelcontextprotocol/core']) {
    const source = join(root, 'node_modules', name)
    cpSync(source, join(home, 'node_modules', name), { recursive: true, dereference: true })
  }
}

function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
