import { execFile } from 'node:child_process'
import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const files = ['package.json', 'package-lock.json', 'load.mjs']

/**
 * Installs the packages that `package-lock.json` in `source` names once, outside of the project, below `.tools/<name>`, and loads
 * its `load.mjs` there.
 */
export async function loadInstalled(source: string, name: string): Promise<unknown> {
  const target = fileURLToPath(new URL(`../../.tools/${name}/`, import.meta.url))
  const lock = await readFile(join(source, 'package-lock.json'), 'utf8')
  const marker = join(target, 'installed')
  await mkdir(target, { recursive: true })
  await Promise.all(files.map((file) => cp(join(source, file), join(target, file))))
  if ((await readFile(marker, 'utf8').catch(() => '')) !== lock) {
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: target })
    await writeFile(marker, lock)
  }
  return import(pathToFileURL(join(target, 'load.mjs')).href)
}
