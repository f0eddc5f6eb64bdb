import { readFile } from 'node:fs/promises'
import { type AddressInfo, createServer } from 'node:net'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { type EmbeddedModule, exists } from './import-embedded.ts'

/** Options of `startEmbedded` besides the module. */
export interface EmbeddedOptions {
  /** The data folder. A missing folder is initialised; an existing one is reused. */
  readonly data: string
  readonly password: string
  /** @default 'password' */
  readonly authMethod?: 'password' | 'scram-sha-256'
  /** Settings of `postgresql.conf` that differ from those of `serverOptions`. */
  readonly settings?: Readonly<Record<string, string>>
}

/** A PostgreSQL server that listens on a free loopback port. */
export interface EmbeddedServer {
  readonly port: number
  /** Returns the connection string of a database, including the password. @default 'postgres' */
  url(database?: string): string
  /** Starts the server again after `stop`, on the same port and data. */
  start(): Promise<void>
  stop(): Promise<void>
}

/**
 * Starts a server on loopback.
 *
 * @throws Error with the server's log if it does not start.
 */
export async function startEmbedded(
  { default: Embedded }: EmbeddedModule,
  { data, password, authMethod = 'password', settings = {} }: EmbeddedOptions,
): Promise<EmbeddedServer> {
  const port = await findFreePort()
  const log: string[] = []
  const server = new Embedded({
    databaseDir: data,
    port,
    password,
    authMethod,
    persistent: true,
    ...serverOptions(settings),
    onLog: (line) => log.push(String(line)),
    onError: (error) => log.push(String(error)),
  })
  const failWithLog = (cause: unknown) => {
    throw new Error(`PostgreSQL did not start in ${data}\n${log.join('')}`, { cause })
  }
  const start = () => server.start().catch(failWithLog)
  if (!(await exists(join(data, 'PG_VERSION')))) await server.initialise().catch(failWithLog)
  await start()
  return {
    port,
    url: (database = 'postgres') => `postgres://postgres:${password}@127.0.0.1:${port}/${database}`,
    start,
    stop: () => server.stop(),
  }
}

/** Returns a loopback port on which nothing listens at the moment. */
export async function findFreePort(): Promise<number> {
  const probe = createServer()
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve))
  const { port } = probe.address() as AddressInfo
  await new Promise((resolve) => probe.close(resolve))
  return port
}

/** Options of a server on loopback, without `fsync` unless the settings turn it on. */
function serverOptions(settings: Readonly<Record<string, string>>) {
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

/** Resolves when no server runs on this folder, and after 10 seconds at the latest. */
export async function serverStopped(data: string): Promise<void> {
  for (let tries = 0; tries < 200; tries++) {
    const lock = await readFile(join(data, 'postmaster.pid')).catch(() => null)
    if (lock === null) return
    await sleep(50)
  }
}
