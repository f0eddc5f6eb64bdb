import { cpSync, mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { unpackLibrary } from '../support/unpacked-library.ts'
import { installTool } from '../support/tools.ts'

const root = resolve(import.meta.dirname, '../..')

/**
 * Makes a project in a new folder: the library from its packed tarball, links to its dependencies, tsx for Node 20, and an
 * unchanged copy of `examples/hello`. The caller removes the folder.
 */
export async function createHelloProject(): Promise<string> {
  const project = mkdtempSync(join(tmpdir(), 'fetch-studio-hello-'))
  const modules = join(project, 'node_modules')
  const { name, version, dependencies } = await unpackLibrary(join(modules, 'fetch-studio'))
  for (const dependency of Object.keys(dependencies)) {
    link(join(root, 'node_modules', dependency), join(modules, dependency))
  }
  const tools = await installTool('tsx', 'tsx@4.23.15')
  link(join(tools, '.bin/tsx'), join(modules, '.bin/tsx'))
  const manifest = {
    type: 'module',
    private: true,
    dependencies: { ...dependencies, [name]: version },
  }
  writeFileSync(join(project, 'package.json'), JSON.stringify(manifest))
  cpSync(join(root, 'examples/hello'), project, { recursive: true })
  return project
}

function link(target: string, path: string): void {
  mkdirSync(join(path, '..'), { recursive: true })
  symlinkSync(target, path)
}
