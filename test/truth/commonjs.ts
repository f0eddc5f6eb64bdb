import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname } from 'node:path'

/** Runs one CommonJS file of an unpacked package; `stubs` stand in for the packages that are not installed. */
export async function loadCommonJs(
  file: string,
  stubs: Readonly<Record<string, unknown>>,
): Promise<Record<string, unknown>> {
  const real = createRequire(file)
  const load = (name: string): unknown => {
    if (name in stubs) return stubs[name]
    // an installed package is never taken for a stub that is missing
    if (name.endsWith('.json') || name.startsWith('node:') || name === 'crypto') return real(name)
    return {}
  }
  const module = { exports: {} as Record<string, unknown> }
  const run = new Function(
    'require',
    'module',
    'exports',
    '__dirname',
    await readFile(file, 'utf8'),
  )
  run(load, module, module.exports, dirname(file))
  return module.exports
}
