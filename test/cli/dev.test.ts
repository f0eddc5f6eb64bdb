import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import { build } from 'esbuild'
import { consolePlugin } from '../../scripts/console.mjs'
import { afterAll, beforeAll, expect, it } from 'vitest'

const root = resolve(import.meta.dirname, '../..')
mkdirSync(join(root, '.tools'), { recursive: true })
const folder = mkdtempSync(join(root, '.tools/dev-'))
const running: ChildProcess[] = []

beforeAll(() =>
  build({
    entryPoints: [join(root, 'src/cli/main.ts'), join(import.meta.dirname, 'fixtures/worker.ts')],
    outdir: folder,
    entryNames: '[name]',
    outExtension: { '.js': '.mjs' },
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    plugins: [consolePlugin],
  }),
)
afterAll(() => {
  for (const child of running) child.kill('SIGKILL')
  rmSync(folder, { recursive: true, force: true })
})

/** Starts `fetch-studio dev` without DATABASE_URL; resolves when it listens. */
async function startDev() {
  const { DATABASE_URL: _, ...env } = process.env
  const child = spawn(process.execPath, ['main.mjs', 'dev', './worker.mjs', '--port', '0'], {
    cwd: folder,
    env,
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  running.push(child)
  const exit = once(child, 'close')
  for await (const line of createInterface({ input: child.stdout })) {
    const [url] = /http:\/\/127\.0\.0\.1:\d+/.exec(line) ?? []
    if (url) return { child, exit, url }
  }
  throw new Error('fetch-studio dev exited before it listened')
}

it('dev starts a database for a Studio and keeps its data between starts', async () => {
  const first = await startDev()
  const answer = await fetch(`${first.url}/agents/support/runs`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ message: 'hi' }),
  })
  expect(await answer.json()).toMatchObject({ output: 'hello from the worker' })
  first.child.kill('SIGTERM')
  expect(await first.exit).toEqual([null, 'SIGTERM'])

  const second = await startDev()
  const runs = await fetch(`${second.url}/runs`)
  expect(await runs.json()).toMatchObject({ runs: [{ status: 'succeeded' }] })
  second.child.kill('SIGINT')
  expect(await second.exit).toEqual([null, 'SIGINT'])
}, 120_000)
