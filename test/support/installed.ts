import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { promisify } from 'node:util'

const run = promisify(execFile)
const files = ['package.json', 'package-lock.json', 'load.mjs']
const tools = fileURLToPath(new URL('../../.tools/', import.meta.url))

/**
 * Installs the packages that `package-lock.json` in `source` names, outside of the project, and loads its `load.mjs` there. Each
 * content of the files has a folder of its own below `.tools`, which appears when it is complete: of several test files that
 * install at the same time, the first one wins.
 */
export async function loadInstalled(source: string, name: string): Promise<unknown> {
  const contents = await Promise.all(files.map((file) => readFile(join(source, file))))
  const hash = createHash('sha256').update(Buffer.concat(contents)).digest('hex').slice(0, 16)
  const target = join(tools, `${name}-${hash}`)
  const isInstalled = () =>
    stat(target).then(
      () => true,
      () => false,
    )
  if (!(await isInstalled())) {
    await mkdir(tools, { recursive: true })
    const draft = await mkdtemp(`${target}-`)
    await Promise.all(files.map((file) => cp(join(source, file), join(draft, file))))
    await run('npm', ['ci', '--no-audit', '--no-fund', '--loglevel=error'], { cwd: draft })
    await rename(draft, target).catch(async (error: unknown) => {
      await rm(draft, { recursive: true, force: true })
      if (!(await isInstalled())) throw error
    })
  }
  return import(pathToFileURL(join(target, 'load.mjs')).href)
}
