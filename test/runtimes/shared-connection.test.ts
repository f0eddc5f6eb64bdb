import { resolve } from 'node:path'
import type { Readable } from 'node:stream'
import { build } from 'esbuild'
import { Miniflare } from 'miniflare'
import { expect, it, onTestFinished } from 'vitest'
import { createSharedDatabase } from '../support/shared-database.ts'

/** A Worker as its author must not write it: one connection for all requests. */
const worker = (url: string) => `
  import { Studio } from './src/index.ts'
  import { postgresDatabase, postgresStores } from './src/postgres.ts'
  import postgres from 'postgres'
  const sql = postgres('${url}', { max: 3, fetch_types: false })
  const options = { database: postgresDatabase(sql), stores: postgresStores(sql, { listen: false }) }
  export default new Studio([], { ...options, onError: (error) => console.log(error.name + ': ' + error.message) })
`

it('a Worker whose requests share a connection is told to give functions', async () => {
  const { sql, url } = await createSharedDatabase()
  onTestFinished(() => sql.end())
  const { outputFiles } = await build({
    stdin: {
      contents: worker(url),
      resolveDir: resolve(import.meta.dirname, '../..'),
      loader: 'ts',
    },
    bundle: true,
    format: 'esm',
    conditions: ['workerd', 'worker', 'browser'],
    external: ['cloudflare:sockets', 'node:*'],
    write: false,
  })
  const log: string[] = []
  const miniflare = new Miniflare({
    cf: false,
    compatibilityDate: '2026-04-01',
    compatibilityFlags: ['nodejs_compat'],
    host: '127.0.0.1',
    handleRuntimeStdio: (output: Readable) => void output.on('data', (text) => log.push(`${text}`)),
    modules: [{ type: 'ESModule', path: 'worker.mjs', contents: outputFiles[0]?.text ?? '' }],
  })
  onTestFinished(() => miniflare.dispose())
  const { origin } = await miniflare.ready
  const told: string[] = []
  for (const path of ['/runs', '/runs', '/runs', '/studio/health', '/studio/health', '/runs']) {
    told.push(await (await fetch(`${origin}${path}`)).text())
  }
  expect(told.join('\n')).toContain('give `stores` and `database` as functions')
  expect(told.join('\n')).not.toContain('unexpected reason')
  expect(log.join('')).toContain('StudioError: The connection belongs to another request')
})
