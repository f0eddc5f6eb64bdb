// Compiles src/ to dist/, or to the folder given: one .js and .d.ts per module, unbundled, and the console.
// Further arguments are passed to tsc.
import { execFileSync } from 'node:child_process'
import { rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { bundleConsole } from './console.mjs'

const root = join(import.meta.dirname, '..')
const [folder = join(root, 'dist'), ...flags] = process.argv.slice(2)
const tsc = join(root, 'node_modules/typescript/bin/tsc')
const project = join(root, 'src/tsconfig.build.json')

rmSync(folder, { recursive: true, force: true })
execFileSync(process.execPath, [tsc, '-p', project, '--outDir', resolve(folder), ...flags], {
  stdio: 'inherit',
})
writeFileSync(join(folder, 'bundled-console.js'), await bundleConsole())
