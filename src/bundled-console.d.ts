// Made by scripts/console.mjs: in dist/ by the build, in tests and scripts when it is imported.
import type { ConsoleBundle } from './http/console/assets.ts'

export const shell: ConsoleBundle['shell']
export const files: ConsoleBundle['files']
