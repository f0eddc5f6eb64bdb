import { createRequire } from 'node:module'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import type { PgBossLike } from '../../src/pg-boss.ts'
import { installTool } from './tools.ts'

/** The methods of pg-boss that only tests use. */
export interface TestBoss extends PgBossLike {
  start(): Promise<unknown>
  stop(options: { graceful: boolean }): Promise<void>
  on(event: 'error', listener: (error: Error) => void): unknown
  getQueueSize(name: string): Promise<number>
}

/** Starts a real pg-boss on a database; the caller stops it. It is installed on demand. */
export async function startBoss(connectionString: string): Promise<TestBoss> {
  const modules = await installTool('pg-boss', 'pg-boss@10.4.2')
  const entry = createRequire(join(modules, '..', 'from.js')).resolve('pg-boss')
  const { default: PgBoss } = (await import(pathToFileURL(entry).href)) as {
    default: new (options: object) => TestBoss
  }
  const boss = new PgBoss({ connectionString, max: 4, supervise: false, schedule: false })
  boss.on('error', (error) => console.error(error))
  await boss.start()
  return boss
}
