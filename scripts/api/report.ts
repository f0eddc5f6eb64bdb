import ts from 'typescript'
import type { Declarations } from './declarations.ts'

/** A name that an entry exports. */
export interface ApiName {
  readonly name: string
  /** The declaration without comments, as users' compilers see it. */
  readonly text: string
  /** The words of its docblock, without tags; empty when there is none. */
  readonly summary: string
  /** The names of our own types that its declaration mentions. */
  readonly mentions: readonly string[]
}

/** Entry → its names in alphabetical order. */
export type Api = ReadonlyMap<string, readonly ApiName[]>

/** Reads what every entry exports. */
export function readApi(declarations: Declarations): Api {
  const { checker, entries } = declarations
  return new Map(
    [...entries].map(([entry, file]) => {
      const module = checker.getSymbolAtLocation(file)
      const symbols = module ? checker.getExportsOfModule(module) : []
      const names = symbols.map((symbol) => describe(symbol, declarations))
      return [entry, names.sort((a, b) => (a.name < b.name ? -1 : 1))] as const
    }),
  )
}

/** Path of the committed report of an entry, below the root of the project. */
export function reportPath(entry: string): string {
  return `api/${entry === '.' ? 'index' : entry.slice(2).replaceAll('/', '-')}.api.md`
}

/** Renders the report of one entry as Markdown. */
export function renderReport(entry: string, names: readonly ApiName[]): string {
  const specifier = `fetch-studio${entry.slice(1)}`
  const declarations = names.map(({ text }) => text).join('\n\n')
  return `# API of \`${specifier}\`

What this entry exports. \`npm run api\` compares it with the code, \`npm run api -- --write\` updates it.

\`\`\`ts
${declarations}
\`\`\`
`
}

/** `entry: name mentions type` for every type that users meet in a signature and cannot import. */
export function findForgottenExports(api: Api): string[] {
  const exported = new Set([...api.values()].flat().map(({ name }) => name))
  return [...api].flatMap(([entry, names]) =>
    names.flatMap(({ name, mentions }) =>
      mentions.flatMap((type) =>
        exported.has(type) ? [] : [`${entry}: ${name} mentions ${type}`],
      ),
    ),
  )
}

/** `entry: name` for every exported name whose docblock says less than five words. */
export function findUndocumentedNames(api: Api): string[] {
  return [...api].flatMap(([entry, names]) =>
    names.flatMap(({ name, summary }) =>
      summary.split(/\s+/).length < 5 ? [`${entry}: ${name}`] : [],
    ),
  )
}

function describe(symbol: ts.Symbol, { checker, isOwn }: Declarations): ApiName {
  const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0
  const target = isAlias ? checker.getAliasedSymbol(symbol) : symbol
  const nodes = (target.declarations ?? []).map((node) =>
    ts.isVariableDeclaration(node) ? node.parent.parent : node,
  )
  const mentions = new Set<string>()
  const texts = nodes.map((node) => {
    const expanded = expandTypeQuery(node, checker)
    if (expanded) {
      for (const [, type = ''] of expanded.matchAll(importedType)) mentions.add(type)
      return expanded.replaceAll(importedType, '$1')
    }
    for (const type of mentionedTypes(node, checker, isOwn)) mentions.add(type)
    return print(node)
  })
  mentions.delete(target.name)
  return {
    name: symbol.name,
    text: texts.join('\n'),
    summary: ts.displayPartsToString(target.getDocumentationComment(checker)).trim(),
    mentions: [...mentions].sort(),
  }
}

/** How the checker writes a type that is declared in another file. */
const importedType = /import\("[^"]+"\)\.(\w+)/g

const printer = ts.createPrinter({ removeComments: true })

function print(node: ts.Node): string {
  const text = printer.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())
  return text.replace(/^export declare |^export |^declare /, 'export ')
}

/** Users never see the constant behind `type Status = (typeof statuses)[number]`: its values are what counts. */
function expandTypeQuery(node: ts.Node, checker: ts.TypeChecker): string | null {
  if (!ts.isTypeAliasDeclaration(node) || !contains(node.type, ts.isTypeQueryNode)) return null
  const flags = ts.TypeFormatFlags.NoTruncation | ts.TypeFormatFlags.InTypeAlias
  const type = checker.typeToString(checker.getTypeAtLocation(node.name), node, flags)
  return `export type ${node.name.text} = ${type};`
}

function contains(node: ts.Node, isMatch: (node: ts.Node) => boolean): boolean {
  return isMatch(node) || Boolean(ts.forEachChild(node, (child) => contains(child, isMatch)))
}

/** The names of our types that a declaration refers to, by reference, heritage or `import()`. */
function mentionedTypes(
  node: ts.Node,
  checker: ts.TypeChecker,
  isOwn: Declarations['isOwn'],
): string[] {
  const names: string[] = []
  const visit = (child: ts.Node): void => {
    const name = ts.isTypeReferenceNode(child)
      ? child.typeName
      : ts.isExpressionWithTypeArguments(child)
        ? child.expression
        : ts.isImportTypeNode(child)
          ? child.qualifier
          : undefined
    const symbol = name && checker.getSymbolAtLocation(name)
    const target =
      symbol && symbol.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(symbol) : symbol
    const declaration = target?.declarations?.[0]
    if (target && declaration && isTopLevel(declaration) && isOwn(declaration.getSourceFile())) {
      names.push(target.name)
    }
    ts.forEachChild(child, visit)
  }
  visit(node)
  return names
}

function isTopLevel(node: ts.Node): boolean {
  return ts.isSourceFile(node.parent) && !ts.isTypeParameterDeclaration(node)
}
