// Compiles src/ to dist/: one .js and .d.ts per module, nothing bundled.
import { execFileSync } from 'node:child_process'
import { rmSync } from 'node:fs'

rmSync('dist', { recursive: true, force: true })
execFileSync('node_modules/.bin/tsc', ['-p', 'src/tsconfig.build.json'], { stdio: 'inherit' })
