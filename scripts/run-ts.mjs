// Runs one TypeScript file: node scripts/run-ts.mjs file.ts [arguments]. Node 20 cannot strip types, so esbuild bundles
// the file with our own modules into .tools/. Packages stay external; `fetch-studio` means src/ (`paths` of tsconfig.json).
import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { pathToFileURL } from 'node:url'
import { build } from 'esbuild'
import { consolePlugin } from './console.mjs'

const [file, ...args] = process.argv.slice(2)
if (!file) {
  console.error('usage: node scripts/run-ts.mjs file.ts [arguments]')
  process.exit(2)
}

/** Replaces `import.meta.url` with the URL of the source file, so that bundled code finds the files beside it. */
const ownUrls = {
  name: 'own-urls',
  setup({ onLoad }) {
    onLoad({ filter: /\.(ts|mjs)$/ }, ({ path }) => ({
      contents: readFileSync(path, 'utf8').replaceAll(
        /\bimport\.meta\.url\b/g,
        JSON.stringify(pathToFileURL(path).href),
      ),
      loader: 'ts',
    }))
  },
}

const source = resolve(file)
const { outputFiles } = await build({
  entryPoints: [source],
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: 'inline',
  logLevel: 'warning',
  plugins: [ownUrls, consolePlugin],
  write: false,
})
const folder = join(import.meta.dirname, '../.tools/run-ts')
const tag = createHash('sha256').update(source).digest('hex').slice(0, 8)
const bundle = join(folder, `${basename(file, '.ts')}-${tag}.mjs`)
mkdirSync(folder, { recursive: true })
writeFileSync(`${bundle}.${process.pid}`, outputFiles[0].contents)
renameSync(`${bundle}.${process.pid}`, bundle) // atomically, because another process may be running the same file

process.argv.splice(1, process.argv.length - 1, source, ...args)
await import(pathToFileURL(bundle).href)
