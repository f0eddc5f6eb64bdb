import type { Node, PropertyName } from 'typescript'
import type { CodeEdit } from './code-edit.ts'

/** How the file is written, as far as new lines follow it. */
export interface CodeStyle {
  readonly quote: string
  readonly semicolon: string
  readonly newline: string
  readonly indent: string
}

/** Reads the style of a file from its first statements and first indented line. */
export function readStyle({ ts, file }: CodeEdit): CodeStyle {
  const first = file.statements.find((one) => ts.isImportDeclaration(one))
  const quote = first?.moduleSpecifier.getText(file)[0] ?? "'"
  const ended = file.statements.filter(
    (one) => ts.isImportDeclaration(one) || ts.isVariableStatement(one),
  )
  const withEnd = ended.filter((one) => one.getText(file).endsWith(';')).length
  return {
    quote,
    semicolon: withEnd * 2 > ended.length ? ';' : '',
    newline: file.text.includes('\r\n') ? '\r\n' : '\n',
    indent: /^(?:\t+| +)(?=[\w'"[])/m.exec(file.text)?.[0] ?? '  ',
  }
}

/** Writes a text as a literal, in the quotes of the file. */
export function toLiteral(edit: CodeEdit, text: string): string {
  const { quote } = readStyle(edit)
  const escaped = JSON.stringify(text)
    .slice(1, -1)
    .replace(/[\u2028\u2029]/g, (one) => (one === '\u2028' ? '\\u2028' : '\\u2029'))
  return quote === '"'
    ? `"${escaped}"`
    : `'${escaped.replaceAll('\\"', '"').replaceAll("'", "\\'")}'`
}

/** Writes a text between backticks. */
export function quoteTemplate(text: string): string {
  return `\`${text.replace(/[\\`]|\$(?=\{)/g, '\\$&')}\``
}

const plainName = /^[\p{ID_Start}_$][\p{ID_Continue}$]*$/u

/** Writes the key of a property. */
export function toKey(edit: CodeEdit, name: string): string {
  if (name === '__proto__') return `['__proto__']`
  return plainName.test(name) ? name : toLiteral(edit, name)
}

/** Writes the access to a property. */
export function toAccess(edit: CodeEdit, owner: string, name: string): string {
  return plainName.test(name) ? `${owner}.${name}` : `${owner}[${toLiteral(edit, name)}]`
}

/** Returns true for a word that can name a constant. */
export function isFreeWord({ ts }: CodeEdit, name: string): boolean {
  if (!plainName.test(name)) return false
  const scanner = ts.createScanner(ts.ScriptTarget.Latest, true, ts.LanguageVariant.Standard, name)
  const kind = scanner.scan()
  const isStrict = ['arguments', 'await', 'eval', 'undefined', 'NaN', 'Infinity'].includes(name)
  // the words that are reserved in strict mode come after those that always are, and before those of types
  return !isStrict && (kind === ts.SyntaxKind.Identifier || kind > ts.SyntaxKind.YieldKeyword)
}

/** Returns the name of a property; null where it is computed. */
export function readKey({ ts }: CodeEdit, name: PropertyName | undefined): string | null {
  if (!name) return null
  const isPlain = ts.isIdentifier(name) || ts.isStringLiteralLike(name)
  return isPlain ? name.text : null
}

/** Returns the text of a literal; null for any other node. */
export function readLiteral({ ts }: CodeEdit, node: Node | undefined): string | null {
  return node && ts.isStringLiteralLike(node) ? node.text : null
}
