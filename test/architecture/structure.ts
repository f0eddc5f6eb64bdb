import { basename, dirname } from 'node:path'
import ts from 'typescript'

/** A TypeScript file: its path below the project's root, with `/`, and its text. */
export interface SourceText {
  readonly path: string
  readonly text: string
}

const maxFilesInFolder = 20
const maxFunctionLines = 60

/** Folders without a limit, because their files are all of one kind and an index lists them. */
const folderOfOneKind = /^src\/(health\/rules|migrations\/tools)(\/|$)/

/** Basenames that mean the same in every folder. */
const sharedNames = new Set(['routes', 'module', 'wire', 'index', 'texts'])

/** Returns `folder: number of files` for each folder with more files than a reader can survey. */
export function findCrowdedFolders(sources: readonly SourceText[]): string[] {
  const folders = groupBy(sources, ({ path }) => dirname(path))
  return [...folders].flatMap(([folder, files]) =>
    files.length > maxFilesInFolder && !folderOfOneKind.test(folder)
      ? [`${folder}: ${files.length} files`]
      : [],
  )
}

/** Returns the files whose name starts with the name of their folder or of a folder beside them. */
export function findNamesThatRepeatFolders(sources: readonly SourceText[]): string[] {
  const folders = new Set(sources.map(({ path }) => dirname(path)))
  return sources.flatMap(({ path }) => {
    const folder = dirname(path)
    const [first = '', ...rest] = nameOf(path).split('-')
    const repeats =
      rest.length > 0 &&
      !rest.includes('answers') &&
      (first === basename(folder) || folders.has(`${folder}/${first}`))
    return repeats ? [path] : []
  })
}

/** Returns the paths that share a basename within a module, which is a folder of `src/`. */
export function findRepeatedBasenames(sources: readonly SourceText[]): string[] {
  const own = sources.filter(({ path }) => !sharedNames.has(nameOf(path)))
  const groups = groupBy(own, ({ path }) => {
    const [, module = '', room = ''] = path.split('/')
    // the backends of a store are mirror images: the same files in each
    return module === 'storage' ? `${module}/${room}/${nameOf(path)}` : `${module}/${nameOf(path)}`
  })
  return [...groups.values()].flatMap((files) =>
    files.length > 1 ? [files.map(({ path }) => path).join(', ')] : [],
  )
}

/**
 * Returns `name: paths` for each name that more than one file of `src/` declares and exports. The console is an application of its
 * own, so it may use names that the library has too.
 */
export function findRepeatedExports(sources: readonly SourceText[]): string[] {
  const declared = sources
    .filter(({ path }) => path.split('/').length > 2) // entries re-export
    .flatMap((source) => exportedNames(source).map((name) => ({ name, path: source.path })))
  const groups = groupBy(declared, ({ name, path }) => {
    if (path.startsWith('src/storage/')) return `${dirname(path)}:${name}`
    return path.startsWith('src/console/') ? `console:${name}` : name
  })
  return [...groups.values()].flatMap((all) => {
    const paths = new Set(all.map(({ path }) => path))
    return paths.size > 1 ? [`${all[0]?.name}: ${[...paths].join(', ')}`] : []
  })
}

/** Returns `path: import` for each eager import by which the routes of a room load their own room. */
export function findEagerRoutes(sources: readonly SourceText[]): string[] {
  const lists = sources.filter(({ path }) => /^src\/introspection\/\w+\/routes\.ts$/.test(path))
  return lists.flatMap(({ path, text }) =>
    [...text.matchAll(/^import (?!type\b)(.+?) from '(\.\/[^']+)'/gm)].flatMap(
      ([, names = '', file = '']) => {
        const values = names
          .replace(/[{}]/g, '')
          .split(',')
          .map((name) => name.trim())
        const isTypes = values.every((name) => name === '' || name.startsWith('type '))
        return isTypes || file === './wire.ts' || file === './schema.ts' ? [] : [`${path}: ${file}`]
      },
    ),
  )
}

/** Returns `path:line: lines` for each function that does not fit on a screen. */
export function findLongFunctions(sources: readonly SourceText[]): string[] {
  return sources.flatMap((source) => {
    const file = parse(source)
    const found: string[] = []
    const visit = (node: ts.Node): void => {
      if (ts.isFunctionLike(node)) {
        const first = file.getLineAndCharacterOfPosition(node.getStart(file)).line
        const lines = file.getLineAndCharacterOfPosition(node.end).line - first + 1
        if (lines > maxFunctionLines) found.push(`${source.path}:${first + 1}: ${lines} lines`)
      }
      ts.forEachChild(node, visit)
    }
    visit(file)
    return found
  })
}

/** Returns `path:line: text` for each declaration whose docblock has fewer than five words. */
export function findEmptyDocblocks(sources: readonly SourceText[]): string[] {
  return sources.flatMap((source) => {
    const file = parse(source)
    return file.statements.flatMap((statement) =>
      ts.getJSDocCommentsAndTags(statement).flatMap((block) => {
        const words = block
          .getText(file)
          .replaceAll(/^\s*\*|[/*]{2,}/gm, '')
          .trim()
          .split(/\s+/)
        const line = file.getLineAndCharacterOfPosition(block.pos).line + 1
        return words.length < 5 ? [`${source.path}:${line}: ${words.join(' ')}`] : []
      }),
    )
  })
}

/** Returns `path:line: text` for each reference to a document that is not in this repository. */
export function findForeignReferences(documents: readonly SourceText[]): string[] {
  const foreign =
    /contract (runs|introspection)|(?<!--)\bcases? [0-9]+\b|\bdesign\.md\b|shared\/(design|contracts)/
  return documents.flatMap(({ path, text }) =>
    text
      .split('\n')
      .flatMap((line, index) =>
        foreign.test(line) ? [`${path}:${index + 1}: ${line.trim()}`] : [],
      ),
  )
}

function exportedNames(source: SourceText): string[] {
  return parse(source).statements.flatMap((statement) => {
    const isExported =
      ts.canHaveModifiers(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    if (!isExported) return []
    if (ts.isVariableStatement(statement)) {
      const { declarations } = statement.declarationList
      return declarations.flatMap(({ name }) => (ts.isIdentifier(name) ? [name.text] : []))
    }
    const { name } = statement as ts.Statement & { readonly name?: ts.Node }
    return name && ts.isIdentifier(name) ? [name.text] : []
  })
}

function parse({ path, text }: SourceText): ts.SourceFile {
  return ts.createSourceFile(path, text, ts.ScriptTarget.ES2023, true)
}

function nameOf(path: string): string {
  return basename(path).replace(/\.tsx?$/, '')
}

function groupBy<Item>(items: readonly Item[], toKey: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>()
  for (const item of items) groups.set(toKey(item), [...(groups.get(toKey(item)) ?? []), item])
  return groups
}
