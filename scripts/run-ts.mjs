// Runs one TypeScript file: node scripts/run-ts.mjs file.ts [arguments]. Node 20 cannot strip types, so esbuild bundles
// the file with our own modules into .tools/; packages stay outside.
import { createHash } from 'node:crypto'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'

const [file, ...args] = process.argv.slice(2)
if (!file) {
  console.error('usage: node scripts/run-ts.mjs file.ts [arguments]')
  process.exit(2)
}

const source = resolve(file)
const tag = createHash('sha256').update(source).digest('hex').slice(0, 8)
const outfile = join(
  import.meta.dirname,
  `../.tools/run-ts/${basename(file, '.ts')}-${tag}-${process.pid % 100}.mjs`,
)
await build({
  entryPoints: [source],
  outfile,
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
})
process.argv.splice(1, process.argv.length - 1, source, ...args)
await import(pathToFileURL(outfile).href)
