import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import postgres, { type Sql } from 'postgres'
import { startEmbedded } from '../../src/cli/embedded.ts'
import { importEmbedded } from '../../src/cli/import-embedded.ts'

/** A PostgreSQL 18 for measurements, with `fsync` and `synchronous_commit` on. */
export interface BenchServer {
  /** Creates an empty database and a pool on it. */
  createDatabase(name: string): Promise<{ sql: Sql; url: string }>
  /** Opens another pool, like a second process. */
  openDatabase(url: string): { sql: Sql }
  /** Ends the pools, stops the server and deletes its data. */
  remove(): Promise<void>
}

/** Settings that differ from PostgreSQL's defaults: memory for a database of some gigabytes, few checkpoints. */
const settings = {
  fsync: 'on',
  synchronous_commit: 'on',
  max_connections: '100',
  shared_buffers: '1GB',
  max_wal_size: '8GB',
  checkpoint_timeout: '30min',
}

/** Starts a server on a loopback port with its data in the system's temporary folder. */
export async function startServer(): Promise<BenchServer> {
  const databaseDir = await mkdtemp(join(tmpdir(), 'studio-bench-'))
  const embedded = await importEmbedded(import.meta.url)
  const server = await startEmbedded(embedded, { data: databaseDir, password: 'studio', settings })
  const pools: Sql[] = []
  const open = (url: string) => {
    const sql = postgres(url, { onnotice: () => undefined })
    pools.push(sql)
    return { sql, url }
  }
  return {
    async createDatabase(name) {
      await open(server.url('postgres')).sql.unsafe(`create database ${name}`)
      return open(server.url(name))
    },
    openDatabase: open,
    async remove() {
      await Promise.all(pools.map((sql) => sql.end({ timeout: 1 })))
      await server.stop()
      await rm(databaseDir, { recursive: true, force: true })
    },
  }
}
