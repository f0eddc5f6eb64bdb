import { execFile } from 'node:child_process'
import { cp, mkdir, readdir, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const root = fileURLToPath(new URL('../..', import.meta.url))

/**
 * Copies the programs and the package lists of a folder of `bench/` into `.tools/`, outside of the project, and installs
 * its `package-lock.json` there unless that is done. Resolves to the folder.
 */
export async function installBench(name: string): Promise<string> {
  const source = join(root, 'bench', name)
  const target = join(root, '.tools', `bench-${name}`)
  const marker = join(target, 'installed')
  await mkdir(target, { recursive: true })
  const files = (await readdir(source)).filter((file) => /\.(mjs|json)$/.test(file))
  await Promise.all(files.map((file) => cp(join(source, file), join(target, file))))
  const lock = await readFile(join(source, 'package-lock.json'), 'utf8')
  if ((await readFile(marker, 'utf8').catch(() => '')) !== lock) {
    const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error']
    await run('npm', ['ci', ...flags], { cwd: target })
    await writeFile(marker, lock)
  }
  return target
}
