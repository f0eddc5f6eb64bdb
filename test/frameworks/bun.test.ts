import { mkdirSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { build } from 'esbuild'
import { describeFramework } from './conformance.ts'
import { startServer } from './process.ts'

const root = resolve(import.meta.dirname, '../..')

describeFramework('Elysia on Bun', async () => {
  const folder = join(root, '.tools/elysia')
  mkdirSync(folder, { recursive: true })
  await build({
    entryPoints: [join(root, 'examples/frameworks/elysia/server.ts')],
    outfile: join(folder, 'server.mjs'),
    bundle: true,
    packages: 'external',
    format: 'esm',
    tsconfig: join(root, 'tsconfig.json'), // its `paths` lead to src/
  })
  const command = join(root, 'node_modules/bun/bin/bun.exe')
  return startServer({ cwd: folder, command, toArgs: () => ['run', 'server.mjs'] })
})
