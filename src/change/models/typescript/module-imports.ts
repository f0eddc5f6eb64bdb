import type { Expression, ImportDeclaration, NamedImports } from 'typescript'
import { type CodeEdit, insertAt } from './code-edit.ts'
import { toLiteral, readStyle } from './code-style.ts'
import { insertItem } from './lists.ts'
import { isTaken } from './statements.ts'

/** The names that a file has for the exports of a module. */
export interface Imports {
  /** Local name → exported name. */
  readonly named: ReadonlyMap<string, string>
  /** The name of `import * as name`; null without one. */
  readonly namespace: string | null
  /** The braces of the import of values; null without one. */
  readonly list: NamedImports | null
}

/** Reads what a file imports from a module. */
export function readImports({ ts, file }: CodeEdit, module: string): Imports {
  const named = new Map<string, string>()
  let namespace: string | null = null
  let list: NamedImports | null = null
  for (const one of file.statements) {
    if (!ts.isImportDeclaration(one) || !isFrom(one, module)) continue
    const bindings = one.importClause?.namedBindings
    if (!bindings || one.importClause?.isTypeOnly) continue
    if (ts.isNamespaceImport(bindings)) namespace = bindings.name.text
    else {
      list ??= bindings
      for (const { name, propertyName = name } of bindings.elements) {
        named.set(name.text, propertyName.text)
      }
    }
  }
  return { named, namespace, list }
}

function isFrom({ moduleSpecifier }: ImportDeclaration, module: string): boolean {
  return 'text' in moduleSpecifier && moduleSpecifier.text === module
}

/** Returns the exported name that an expression stands for; null where it comes from elsewhere. */
export function readImported(
  { ts }: CodeEdit,
  { named, namespace }: Imports,
  node: Expression | undefined,
): string | null {
  if (!node) return null
  if (ts.isIdentifier(node)) return named.get(node.text) ?? null
  const isOf =
    ts.isPropertyAccessExpression(node) &&
    ts.isIdentifier(node.expression) &&
    node.expression.text === namespace
  return isOf ? node.name.text : null
}

/** Returns how the file names an export of a module, and imports it where it does not yet. */
export function importName(
  edit: CodeEdit,
  module: string,
  { name, isType = false }: { readonly name: string; readonly isType?: boolean },
): string {
  const { named, namespace, list } = readImports(edit, module)
  const known = [...named].find(([, exported]) => exported === name)
  if (known) return known[0]
  if (namespace !== null) return `${namespace}.${name}`
  let local = name
  while (isTaken(edit, local)) local = `_${local}`
  const text = `${isType ? 'type ' : ''}${name}${local === name ? '' : ` as ${local}`}`
  edit.change(list ? insertItem(edit, list, text) : [insertImport(edit, module, text)])
  return local
}

function insertImport(edit: CodeEdit, module: string, text: string) {
  const { ts, file } = edit
  const { newline, semicolon } = readStyle(edit)
  const line = `import { ${text} } from ${toLiteral(edit, module)}${semicolon}`
  const last = file.statements.findLast((one) => ts.isImportDeclaration(one))
  if (last) return insertAt(last.end, newline + line)
  return insertAt(0, line + newline + (file.text.trim() === '' ? '' : newline))
}
