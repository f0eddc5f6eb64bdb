import type ts from 'typescript'
import type { CommitFile } from '../../../change/workspace.ts'

// The functions of this file run in a worker, from their source text: a worker cannot load a module of TypeScript, and bundlers
// lose files that only an address names. So they use nothing but each other and their arguments.

type TypeScript = typeof ts & {
  /** Matches the patterns of a tsconfig against any file system. It is internal, and there since TypeScript 2. */
  readonly matchFiles?: (
    path: string,
    extensions: readonly string[] | undefined,
    excludes: readonly string[] | undefined,
    includes: readonly string[] | undefined,
    isCaseSensitive: boolean,
    folder: string,
    depth: number | undefined,
    read: (path: string) => { readonly files: string[]; readonly directories: string[] },
    realpath: (path: string) => string,
  ) => string[]
}

/** What a worker is asked to check. */
export interface CheckRequest {
  /** The path of the module `typescript` of the project. */
  readonly typescript: string
  /** The real path of the workspace, with `/`. */
  readonly root: string
  /** The path of the tsconfig below the root. */
  readonly config: string
  readonly files: readonly CommitFile[]
}

/** An error of the compiler. `path` is relative to the root; null outside of it. */
export interface FoundError {
  readonly path: string | null
  readonly line: number | null
  readonly message: string
}

/** What a worker found: errors that were not there before, and changed files that the tsconfig does not include. */
export type CheckAnswer =
  | { readonly errors: readonly FoundError[]; readonly outside: readonly string[] }
  | { readonly failure: string }

type FileMap = ReadonlyMap<string, string | null>

/** Lists the names in a folder, with some files replaced. */
function readNames(tsc: TypeScript, folder: string, changed: FileMap) {
  const { sys } = tsc
  const below = [...changed].flatMap(([path, text]) =>
    text !== null && path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : [],
  )
  const isHere = (path: string) => !path.includes('/')
  const files = sys
    .readDirectory(folder, undefined, undefined, ['*'], 1)
    .filter((path) => changed.get(path) !== null)
    .map((path) => path.slice(folder.length + 1))
  const folders = below.filter((path) => !isHere(path)).map((path) => path.split('/')[0] ?? '')
  return {
    files: [...new Set([...files, ...below.filter(isHere)])],
    directories: [...new Set([...sys.getDirectories(folder), ...folders])],
  }
}

/** Reads files as they are with some of them replaced; null stands for a file that is not there. */
function overlay(tsc: TypeScript, root: string, changed: FileMap) {
  const { sys } = tsc
  const read = (folder: string) => readNames(tsc, folder, changed)
  const readDirectory = (...given: Parameters<ts.System['readDirectory']>) => {
    const [folder, extensions, excludes, includes, depth] = given
    const real = (path: string) => sys.realpath?.(path) ?? path
    const isCase = sys.useCaseSensitiveFileNames
    if (tsc.matchFiles) {
      return tsc.matchFiles(folder, extensions, excludes, includes, isCase, root, depth, read, real)
    }
    const found = sys.readDirectory(...given)
    const isNew = (path: string) => path.startsWith(`${folder}/`) && /\.[cm]?tsx?$/.test(path)
    const added = [...changed].flatMap(([path, text]) => (text !== null && isNew(path) ? path : []))
    return [...new Set([...found.filter((path) => changed.get(path) !== null), ...added])]
  }
  return {
    useCaseSensitiveFileNames: sys.useCaseSensitiveFileNames,
    readDirectory,
    fileExists: (path: string) =>
      changed.has(path) ? changed.get(path) !== null : sys.fileExists(path),
    readFile: (path: string) =>
      changed.has(path) ? (changed.get(path) ?? undefined) : sys.readFile(path),
    directoryExists: (folder: string) =>
      sys.directoryExists(folder) ||
      [...changed].some(([path, text]) => text !== null && path.startsWith(`${folder}/`)),
  }
}

type SourceCache = Map<string, ts.SourceFile | undefined>

/** Builds the program of the tsconfig on an overlay. It writes nothing and loads no plugin. */
function build(
  tsc: TypeScript,
  { root, config }: CheckRequest,
  { changed, cache }: { readonly changed: FileMap; readonly cache: SourceCache },
): ts.Program {
  const files = overlay(tsc, root, changed)
  const place = `${root}/${config}`
  const read = tsc.readConfigFile(place, files.readFile)
  const folder = place.slice(0, place.lastIndexOf('/'))
  const parsed = tsc.parseJsonConfigFileContent(read.config ?? {}, files, folder, {}, place)
  const { plugins: _plugins, tsBuildInfoFile: _info, ...given } = parsed.options
  const options = { ...given, noEmit: true, composite: false, incremental: false }
  const host = tsc.createCompilerHost(options, true)
  const { getSourceFile } = host
  const key = JSON.stringify(options)
  const realpath = (path: string) => (changed.has(path) ? path : (tsc.sys.realpath?.(path) ?? path))
  Object.assign(host, {
    fileExists: files.fileExists,
    readFile: files.readFile,
    directoryExists: files.directoryExists,
    readDirectory: files.readDirectory,
    realpath,
    getCurrentDirectory: () => root,
    writeFile: () => undefined,
    getSourceFile(path: string, how: ts.CreateSourceFileOptions, ...rest: []) {
      if (changed.has(path)) return getSourceFile.call(host, path, how, ...rest)
      const name = JSON.stringify([path, how.impliedNodeFormat ?? null, key])
      if (!cache.has(name)) cache.set(name, getSourceFile.call(host, path, how, ...rest))
      return cache.get(name)
    },
  })
  return tsc.createProgram({
    rootNames: parsed.fileNames,
    options,
    host,
    configFileParsingDiagnostics: [...(read.error ? [read.error] : []), ...parsed.errors],
    ...(parsed.projectReferences ? { projectReferences: parsed.projectReferences } : {}),
  })
}

/** Lists the errors of a program, each with what recognises it in another program, where lines have moved. */
function list(tsc: TypeScript, program: ts.Program, root: string) {
  const errors = tsc
    .getPreEmitDiagnostics(program)
    .filter(({ category }) => category === tsc.DiagnosticCategory.Error)
  return errors.map(({ file, start, code, messageText }) => {
    const isInside = file?.fileName.startsWith(`${root}/`) === true
    const path = file && isInside ? file.fileName.slice(root.length + 1) : null
    const at = file && isInside && start !== undefined ? start : null
    const line = at === null ? null : (file?.getLineAndCharacterOfPosition(at).line ?? 0) + 1
    const text = tsc.flattenDiagnosticMessageText(messageText, '\n')
    const message = text.split(`${root}/`).join('').split(root).join('.')
    return { path, line, message, key: JSON.stringify([path, code, message]) }
  })
}

/** Compares the program with the changed files to the one without them. */
function compare(tsc: TypeScript, request: CheckRequest): CheckAnswer {
  const { root, files } = request
  const mapOf = (what: 'original' | 'content'): FileMap =>
    new Map(files.map((file) => [`${root}/${file.path}`, file[what]]))
  const cache: SourceCache = new Map()
  const after = build(tsc, request, { changed: mapOf('content'), cache })
  if (after.getRootFileNames().length === 0) {
    return { failure: `${request.config} includes no file of its own` }
  }
  const isCode = (path: string) => /\.[cm]?tsx?$/.test(path)
  const code = files.filter(({ path, content }) => content !== null && isCode(path))
  const outside = code.flatMap(({ path }) => (after.getSourceFile(`${root}/${path}`) ? [] : [path]))
  const found = list(tsc, after, root)
  if (found.length === 0) return { errors: [], outside }
  const known = new Map<string, number>()
  for (const { key } of list(
    tsc,
    build(tsc, request, { changed: mapOf('original'), cache }),
    root,
  )) {
    known.set(key, (known.get(key) ?? 0) + 1)
  }
  const errors = found.flatMap(({ key, path, line, message }) => {
    const count = known.get(key) ?? 0
    known.set(key, count - 1)
    return count > 0 ? [] : [{ path, line, message }]
  })
  return { errors, outside }
}

/** Returns the program of the worker. */
export function toWorkerSource(): string {
  const parts = [readNames, overlay, build, list, compare].map(String)
  return `'use strict'
${parts.join('\n')}
const { parentPort, workerData } = require('node:worker_threads')
const tsc = require(workerData.typescript)
const canCheck = typeof tsc.createProgram === 'function' && typeof tsc.sys === 'object'
parentPort.postMessage(
  canCheck ? ${compare.name}(tsc, workerData) : { failure: 'typescript ' + tsc.version + ' has no API that checks types' },
)`
}
