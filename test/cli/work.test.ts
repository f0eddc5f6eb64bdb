import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { consolePlugin } from '../../scripts/console.mjs'
import type { Sql } from 'postgres'
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest'
import type { Dispatcher } from '../../src/index.ts'
import { postgresStores } from '../../src/postgres.ts'
import { createSharedDatabase } from '../support/shared-database.ts'
import { createTestStudio } from '../support/studio.ts'

const root = resolve(import.meta.dirname, '../..')
mkdirSync(join(root, '.tools'), { recursive: true })
const folder = mkdtempSync(join(root, '.tools/work-'))
const running: ChildProcess[] = []
let sql: Sql
let url: string

beforeAll(async () => {
  ;({ sql, url } = await createSharedDatabase())
  await build({
    entryPoints: [join(root, 'src/cli/main.ts'), join(import.meta.dirname, 'fixtures/worker.ts')],
    outdir: folder,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    plugins: [consolePlugin],
  })
})
afterEach(() => running.splice(0).forEach((child) => child.kill('SIGKILL')))
afterAll(async () => {
  await sql.end()
  rmSync(folder, { recursive: true, force: true })
})

/** For an instance that accepts runs and leaves them to others. */
const idleDispatcher: Dispatcher = {
  start: () => undefined,
  wake: () => undefined,
  stop: async () => undefined,
}

/** Starts `fetch-studio work` as a process; resolves when the process reports that it works. */
async function startWorker() {
  const child = spawn(process.execPath, ['main.mjs', 'work', './worker.mjs'], {
    cwd: folder,
    env: { ...process.env, DATABASE_URL: url },
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(child)
  const exit = once(child, 'close') as Promise<[code: number | null, signal: string | null]>
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string]
  expect(line).toBe('Working; stop with SIGINT or SIGTERM')
  return { child, exit }
}

it('work advances runs that other instances accept, and releases its run on SIGTERM', async () => {
  const studio = await createTestStudio({ stores: postgresStores(sql), dispatcher: idleDispatcher })
  const before = await studio.startRun('hi')
  const { child, exit } = await startWorker()
  expect(await studio.runIn(before, 'succeeded')).toMatchObject({ output: 'hello from the worker' })

  const slow = await studio.startRun('take your time')
  await studio.runIn(slow, 'running')
  child.kill('SIGTERM')
  expect(await exit).toEqual([null, 'SIGTERM'])
  const [row] =
    await sql`select owner, lease_until, due_at <= now() as due from studio.runs where id = ${slow}`
  expect(row).toEqual({ owner: null, lease_until: null, due: true })
  expect(studio.failures).toEqual([])
})
