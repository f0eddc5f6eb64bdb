import type {
  ArrayLiteralExpression,
  NamedImports,
  Node,
  NodeArray,
  ObjectLiteralExpression,
} from 'typescript'
import { noEdit } from '../edit-step.ts'
import { type CodeEdit, insertAt, type TextEdit } from './code-edit.ts'
import { readStyle } from './code-style.ts'

/** What holds items between brackets. */
export type ListNode = ArrayLiteralExpression | NamedImports | ObjectLiteralExpression

/** Returns the items between the brackets. */
function itemsOf(list: ListNode): NodeArray<Node> {
  return 'properties' in list ? list.properties : list.elements
}

// a comment on the rest of a line
const restOfLine = /^[ \t]*(?:\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*)?(?=\r?\n|$)/

/** Returns the edits that add an item after the others, on a line of its own where they have lines of their own. */
export function insertItem(edit: CodeEdit, list: ListNode, text: string): TextEdit[] {
  const { file } = edit
  const items = itemsOf(list)
  const first = items[0]
  const last = items.at(-1)
  const open = list.getStart(file) + 1
  if (!first || !last) {
    const inner = file.text.slice(open, list.end - 1)
    if (inner.trim() !== '') throw noEdit('a comment stands where the change would go')
    const padded = 'properties' in list ? ` ${text} ` : text
    return [{ start: open, end: list.end - 1, text: padded }]
  }
  const isLined = file.text.slice(open, first.getStart(file)).includes('\n')
  const { newline } = readStyle(edit)
  const { end, hasTrailingComma = false } = items
  if (!isLined) {
    return [insertAt(hasTrailingComma ? end : last.end, `${hasTrailingComma ? ' ' : ', '}${text}`)]
  }
  const line = newline + indentAt(edit, last.getStart(file)) + text
  const comment = restOfLine.exec(file.text.slice(end))?.[0] ?? ''
  const after = insertAt(end + comment.length, line + (hasTrailingComma ? ',' : ''))
  return hasTrailingComma ? [after] : [insertAt(last.end, ','), after]
}

/** Returns the spaces before the first character of the line at a place. */
export function indentAt({ file }: CodeEdit, at: number): string {
  const start = file.text.lastIndexOf('\n', at - 1) + 1
  return /^[ \t]*/.exec(file.text.slice(start))?.[0] ?? ''
}

/** Returns where a node begins with the comments right above it. */
function startWithComments({ ts, file }: CodeEdit, node: Node): number {
  const { text } = file
  let start = node.getStart(file)
  const comments = ts.getLeadingCommentRanges(text, node.pos) ?? []
  for (const { pos, end } of comments.toReversed()) {
    if (/\n[ \t]*\r?\n/.test(text.slice(end, start))) break
    start = pos
  }
  return start
}

/** Returns the edit that removes an item with its comma, its comments and its line. */
export function removeItem(edit: CodeEdit, list: ListNode, item: Node): TextEdit {
  const { text } = edit.file
  const items = itemsOf(list)
  const at = items.indexOf(item)
  const start = startWithComments(edit, item)
  const lineStart = text.lastIndexOf('\n', start - 1) + 1
  const comma = /^\s*,/.exec(text.slice(item.end))?.[0] ?? ''
  const afterComma = item.end + comma.length
  const rest = restOfLine.exec(text.slice(afterComma))
  if (text.slice(lineStart, start).trim() === '' && rest) {
    const end = afterComma + rest[0].length
    const newline = /^\r?\n/.exec(text.slice(end))?.[0] ?? ''
    return { start: lineStart, end: end + newline.length, text: '' }
  }
  const next = items[at + 1]
  const before = items[at - 1]
  if (next) return { start, end: next.getStart(edit.file), text: '' }
  return before
    ? { start: before.end, end: item.end, text: '' }
    : { start, end: items.end, text: '' }
}

/** Returns the edit that removes a statement with the comments right above it and one of the empty lines around it. */
export function removeStatement(edit: CodeEdit, statement: Node): TextEdit {
  const { text } = edit.file
  let start = startWithComments(edit, statement)
  const rest = restOfLine.exec(text.slice(statement.end))?.[0]
  let end = statement.end + (rest?.length ?? 0)
  end += /^\r?\n/.exec(text.slice(end))?.[0].length ?? 0
  const above = /\r?\n[ \t]*(\r?\n)$/.exec(text.slice(0, start))
  const isLast = text.slice(end).trim() === ''
  const below = /^[ \t]*\r?\n/.exec(text.slice(end))
  if (above && (below || isLast)) start -= above[1]?.length ?? 0
  else if (start === 0 && below) end += below[0].length
  return { start, end, text: '' }
}
