import { applyDiff } from '../text/apply-diff.ts'
import { addImport, isImport } from '../text/imports.ts'
import { lineEndOf, splitLines, withLineEnds } from '../text/lines.ts'
import type { FileOperation } from './request.ts'

/** The text after an operation, or why the operation cannot be done. */
export type EditOutcome =
  { readonly text: string; readonly notes?: readonly string[] } | { readonly fault: string }

const required: Readonly<Record<FileOperation['type'], readonly (keyof FileOperation)[]>> = {
  modify_file: ['path'],
  replace_text: ['path', 'old_text', 'new_text'],
  insert_text: ['path', 'start_line', 'text'],
  delete_text: ['path', 'start_line', 'end_line'],
  add_import: ['path', 'import_statement'],
}

/** Returns what an operation lacks, or null. */
export function findMissing(operation: FileOperation): string | null {
  const missing = required[operation.type].filter((name) => operation[name] === undefined)
  if (missing.length > 0) return `${operation.type} needs ${missing.join(', ')}`
  if (operation.type !== 'modify_file') return null
  const given = [operation.text, operation.diff].filter((each) => each !== undefined)
  return given.length === 1 ? null : 'modify_file needs either text or diff'
}

/** Does one operation on the text of its file; null is a file that does not exist. */
export function editText(operation: FileOperation, before: string | null): EditOutcome {
  if (operation.type === 'modify_file' && operation.text !== undefined)
    return { text: operation.text }
  if (before === null) return { fault: 'file_not_found: the file does not exist' }
  switch (operation.type) {
    case 'modify_file':
      return patchText(before, operation.diff ?? '')
    case 'replace_text':
      return replaceText(before, operation)
    case 'insert_text':
      return insertText(before, operation)
    case 'delete_text':
      return deleteText(before, operation)
    case 'add_import':
      return insertImport(before, operation)
  }
}

function patchText(before: string, diff: string): EditOutcome {
  const isLong = lineEndOf(before) === '\r\n' && !diff.includes('\r\n')
  const outcome = applyDiff(before, isLong ? withLineEnds(diff, '\r\n') : diff)
  return 'fault' in outcome ? { fault: `invalid_operation: ${outcome.fault}` } : outcome
}

function replaceText(before: string, { old_text = '', new_text = '' }: FileOperation): EditOutcome {
  if (old_text === '') return { fault: 'invalid_operation: old_text is empty' }
  const place = before.indexOf(old_text)
  if (place < 0) return { fault: 'invalid_operation: old_text is not in the file' }
  const isRepeated = before.includes(old_text, place + 1)
  return {
    text: before.slice(0, place) + new_text + before.slice(place + old_text.length),
    notes: isRepeated
      ? ['old_text is in the file more than once; the first place was changed']
      : [],
  }
}

function insertText(before: string, { start_line = 1, text = '' }: FileOperation): EditOutcome {
  if (text === '') return { text: before }
  const end = lineEndOf(before)
  const lines = splitLines(before)
  const place = Math.min(start_line - 1, lines.length)
  const inserted = withLineEnds(text, end)
  const head = lines.slice(0, place).join('')
  const tail = lines.slice(place).join('')
  const first = head === '' || head.endsWith('\n') ? head : head + end
  // A text without an end of its own is a line, unless it becomes the last one of a file that had none.
  const isWhole = inserted.endsWith('\n') || (tail === '' && !before.endsWith('\n'))
  return { text: first + inserted + (isWhole ? '' : end) + tail }
}

function deleteText(before: string, { start_line = 1, end_line = 1 }: FileOperation): EditOutcome {
  const lines = splitLines(before)
  if (start_line > end_line || end_line > lines.length) {
    return {
      fault: `invalid_operation: lines ${start_line} to ${end_line} are not in the file, which has ${lines.length}`,
    }
  }
  return { text: [...lines.slice(0, start_line - 1), ...lines.slice(end_line)].join('') }
}

function insertImport(
  before: string,
  { path = '', import_statement = '' }: FileOperation,
): EditOutcome {
  if (!/\.[cm]?[jt]sx?$/.test(path)) {
    return { fault: 'invalid_operation: add_import edits files of JavaScript and TypeScript' }
  }
  if (!isImport(import_statement)) {
    return { fault: 'invalid_operation: import_statement is not one import statement' }
  }
  const text = addImport(before, import_statement)
  return text === null ? { text: before, notes: ['the import is there already'] } : { text }
}
