import { join, resolve } from 'node:path'
import ts from 'typescript'

/** The declaration files of the package, as `npm run build` would write them, loaded into a type checker. */
export interface Declarations {
  readonly checker: ts.TypeChecker
  /** Entry as users import it (`.`, `./node`) → its declaration file. */
  readonly entries: ReadonlyMap<string, ts.SourceFile>
  /** True for files that the package ships, false for those of its dependencies. */
  isOwn(file: ts.SourceFile): boolean
}

/** Entry → path of its declaration file below `dist/`, read from the `exports` of package.json. */
export function readEntries(root: string): ReadonlyMap<string, string> {
  const manifest = JSON.parse(ts.sys.readFile(join(root, 'package.json')) ?? '{}') as {
    readonly exports?: Readonly<Record<string, string | { readonly types: string }>>
  }
  return new Map(
    Object.entries(manifest.exports ?? {}).flatMap(([entry, target]) =>
      typeof target === 'string' ? [] : [[entry, target.types.replace('./dist/', '')] as const],
    ),
  )
}

/**
 * Compiles `src/` in memory and loads the result.
 *
 * @throws Error when an entry has no declaration file.
 */
export function readDeclarations(root: string): Declarations {
  const { fileNames, options } = readConfig(root)
  const folder = resolve(root, '.tools/api') // never written, but packages resolve from here
  const texts = emitDeclarations(fileNames, { ...options, outDir: folder })
  const names = [...readEntries(root)].map(([entry, path]) => [entry, join(folder, path)] as const)
  const program = ts.createProgram({
    rootNames: names.map(([, path]) => path),
    options: { ...options, noEmit: true },
    host: overlay(ts.createCompilerHost(options), texts, folder),
  })
  const entries = names.map(([entry, path]) => {
    const file = program.getSourceFile(path)
    if (!file) throw new Error(`${entry} has no declaration file ${path}`)
    return [entry, file] as const
  })
  return {
    checker: program.getTypeChecker(),
    entries: new Map(entries),
    isOwn: ({ fileName }) => texts.has(fileName),
  }
}

function readConfig(root: string): ts.ParsedCommandLine {
  const path = join(root, 'src/tsconfig.build.json')
  const { config } = ts.readConfigFile(path, ts.sys.readFile) as { config: object }
  return ts.parseJsonConfigFileContent(config, ts.sys, join(root, 'src'), {}, path)
}

function emitDeclarations(
  rootNames: readonly string[],
  options: ts.CompilerOptions,
): Map<string, string> {
  const texts = new Map<string, string>()
  const program = ts.createProgram(rootNames, { ...options, emitDeclarationOnly: true })
  program.emit(undefined, (path, text) => void texts.set(path, text))
  return texts
}

/** A host that finds these files beside those of the disk. */
function overlay(
  host: ts.CompilerHost,
  texts: ReadonlyMap<string, string>,
  folder: string,
): ts.CompilerHost {
  return {
    ...host,
    fileExists: (path) => texts.has(path) || host.fileExists(path),
    readFile: (path) => texts.get(path) ?? host.readFile(path),
    directoryExists: (path) =>
      path.startsWith(folder) || (host.directoryExists?.(path) ?? ts.sys.directoryExists(path)),
    getSourceFile(path, language, ...rest) {
      const text = texts.get(path)
      return text === undefined
        ? host.getSourceFile(path, language, ...rest)
        : ts.createSourceFile(path, text, language, true)
    },
  }
}
