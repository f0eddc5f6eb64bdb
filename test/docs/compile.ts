import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import ts from 'typescript'
import { type Fence, root } from './documents.ts'

/** What a fence imports as `./<name>` that no fence of its document shows. */
const stubs: Readonly<Record<string, string>> = {
  'studio.ts': "import { Studio } from 'fetch-studio'\nexport default new Studio()",
  'schema.ts': 'export const tables = {}',
}

/**
 * Compiles all fences together with the sources of the library. Returns `file:line message` for each error. A file of the
 * repository that `tsconfig.json` excludes is left to the project of its folder.
 */
export function compileFences(all: readonly Fence[]): string[] {
  const { exclude = [] } = readProject()
  const excluded = exclude.map((folder) => join(root, folder, '/'))
  const fences = all.filter(({ shows }) => !excluded.some((folder) => shows?.startsWith(folder)))
  const files = new Map<string, string>()
  const origins = new Map<string, Fence>()
  const roots = fences.map((fence, index) => {
    if (fence.shows !== null) return fence.shows
    const folder = join(root, '.tools/fences', String(index))
    const path = join(folder, fileNameOf(fence) ?? `fence.${fence.language}`)
    files.set(path, withModule(fence.code))
    origins.set(path, fence)
    for (const [name, code] of findNeighbours(fence, fences)) files.set(join(folder, name), code)
    return path
  })
  const program = createProgram([...roots, join(import.meta.dirname, 'not-installed.d.ts')], files)
  return ts
    .getPreEmitDiagnostics(program)
    .filter(({ file }) => !file || roots.includes(file.fileName))
    .map((diagnostic) => describe(diagnostic, origins))
}

/** The file name that the first line of a fence gives, as in `// studio.ts`; JavaScript is checked as TypeScript. */
function fileNameOf({ code }: Fence): string | null {
  const [, name] = /^\/\/ (\S+\.m?[jt]s)\n/.exec(code) ?? []
  return name === undefined ? null : name.replace(/\.m?js$/, '.ts')
}

function withModule(code: string): string {
  return /^(import|export) /m.test(code) ? code : `${code}\nexport {}`
}

function findNeighbours(fence: Fence, fences: readonly Fence[]): [name: string, code: string][] {
  return [...fence.code.matchAll(/from '\.\/([^']+)'/g)].flatMap(([, name = '']) => {
    const shown = fences.find((other) => other.path === fence.path && fileNameOf(other) === name)
    const code = shown?.code ?? stubs[name]
    return code === undefined ? [] : [[name, code]]
  })
}

function createProgram(roots: string[], files: ReadonlyMap<string, string>): ts.Program {
  const { paths } = readProject().compilerOptions
  const options: ts.CompilerOptions = {
    target: ts.ScriptTarget.ES2023,
    lib: ['lib.es2023.d.ts', 'lib.dom.d.ts', 'lib.dom.iterable.d.ts', 'lib.dom.asynciterable.d.ts'],
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: ['node'],
    jsx: ts.JsxEmit.ReactJSX,
    jsxImportSource: 'react',
    strict: true,
    skipLibCheck: true,
    noEmit: true,
    allowImportingTsExtensions: true,
    experimentalDecorators: true,
    ...(paths ? { paths, pathsBasePath: root } : {}),
  }
  const host = ts.createCompilerHost(options)
  const folders = new Set([...files.keys()].map((path) => join(path, '..')))
  const { fileExists, readFile, directoryExists } = host
  host.fileExists = (path) => files.has(path) || fileExists(path)
  host.readFile = (path) => files.get(path) ?? readFile(path)
  host.directoryExists = (path) => folders.has(path) || directoryExists?.(path) === true
  return ts.createProgram(roots, options, host)
}

interface Project {
  readonly compilerOptions: { readonly paths?: Record<string, string[]> }
  readonly exclude?: readonly string[]
}

function readProject(): Project {
  return JSON.parse(readFileSync(join(root, 'tsconfig.json'), 'utf8')) as Project
}

function describe({ file, start, messageText }: ts.Diagnostic, origins: Map<string, Fence>) {
  const message = ts.flattenDiagnosticMessageText(messageText, ' ')
  if (!file) return message
  const { line } = file.getLineAndCharacterOfPosition(start ?? 0)
  const fence = origins.get(file.fileName)
  return fence ? `${fence.path}:${fence.line + line} ${message}` : `${file.fileName} ${message}`
}
