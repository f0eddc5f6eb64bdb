import type { Node } from 'typescript'
import { type CodeEdit, insertAt, visitNodes } from './code-edit.ts'
import { readStyle } from './code-style.ts'

/** Adds a statement at the end of the file, after an empty line. */
export function appendStatement(edit: CodeEdit, text: string): void {
  const { file } = edit
  const { newline } = readStyle(edit)
  const body = file.text.trimEnd()
  const rest = file.text.slice(body.length)
  const gap = body === '' ? '' : newline + newline
  const end = rest.includes('\n') ? '' : newline
  edit.change([insertAt(body.length, gap + text + end)])
}

/** Returns true if a name is more in the file than the key of a property. */
export function isTaken(edit: CodeEdit, name: string): boolean {
  let found = false
  visitNodes(edit, (node) => {
    if (isReference(edit, node, name)) found = true
  })
  return found
}

/** Returns true for a node that declares or uses a name. */
export function isReference({ ts }: CodeEdit, node: Node, name: string): boolean {
  if (!ts.isIdentifier(node) || node.text !== name) return false
  const { parent } = node
  const isKey =
    (ts.isPropertyAccessExpression(parent) && parent.name === node) ||
    (ts.isPropertyAssignment(parent) && parent.name === node)
  return !isKey
}
