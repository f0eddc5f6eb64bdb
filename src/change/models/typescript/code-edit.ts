import type { Node, SourceFile } from 'typescript'
import type { ChangeStep } from '../../schema/apply-changes.ts'
import { noEdit, reasonOf } from '../edit-step.ts'
import { type EditedModels, refuseEdit } from '../model-code.ts'
import { type Compiler, loadCompiler } from './load-compiler.ts'

/** A replacement of a part of a text. */
export interface TextEdit {
  readonly start: number
  readonly end: number
  readonly text: string
}

/** One change on its way into a file of code. */
export interface CodeEdit {
  readonly ts: Compiler
  readonly step: ChangeStep
  /** What a person should know of an edit that was made. */
  readonly notes: string[]
  /** The file after the edits so far. Nodes of an earlier state have other places. */
  readonly file: SourceFile
  /** Makes edits by the places of the current file; of two at one place, the first comes first. */
  change(edits: readonly TextEdit[]): void
}

/** Writes the changes into the code, one after the other. What `make` refuses becomes a note. */
export async function editCode(
  text: string | null,
  steps: readonly ChangeStep[],
  make: (edit: CodeEdit) => void,
): Promise<EditedModels> {
  const ts = await loadCompiler()
  const notes: string[] = []
  let current = text
  for (const step of steps) {
    const edited = ts
      ? editOne(current, { ts, step, make })
      : 'the package typescript, version 5 or 6, is not installed'
    if (typeof edited === 'string') notes.push(refuseEdit(step, edited))
    else {
      current = edited.text
      notes.push(...edited.notes)
    }
  }
  return { text: current, notes }
}

function editOne(
  text: string | null,
  { ts, step, make }: Pick<CodeEdit, 'ts' | 'step'> & { make: (edit: CodeEdit) => void },
): EditedModels | string {
  if (text === null && step.change.op !== 'create_table') return 'the file does not exist'
  if (text !== null && hasFaults(ts, text)) return 'the file has a syntax error'
  const edit = openEdit(ts, step, text ?? '')
  try {
    make(edit)
  } catch (error) {
    const reason = reasonOf(error)
    if (reason !== null) return reason
    throw error
  }
  const edited = edit.file.text
  // a last look at the whole file
  if (hasFaults(ts, edited)) return 'the file is written in a way that is not understood'
  return { text: edited === (text ?? '') ? text : edited, notes: edit.notes }
}

function openEdit(ts: Compiler, step: ChangeStep, text: string): CodeEdit {
  let file = parse(ts, text)
  return {
    ts,
    step,
    notes: [],
    get file() {
      return file
    },
    change(edits) {
      if (edits.length > 0) file = parse(ts, applyEdits(file.text, edits))
    },
  }
}

function parse(ts: Compiler, text: string): SourceFile {
  return ts.createSourceFile('models.ts', text, ts.ScriptTarget.Latest, true, ts.ScriptKind.TS)
}

function hasFaults(ts: Compiler, text: string): boolean {
  const target = ts.ScriptTarget.ESNext
  const { diagnostics = [] } = ts.transpileModule(text, {
    reportDiagnostics: true,
    compilerOptions: { target, module: ts.ModuleKind.ESNext },
  })
  return diagnostics.length > 0
}

function applyEdits(text: string, edits: readonly TextEdit[]): string {
  const sorted = edits.toSorted((a, b) => a.start - b.start)
  let at = 0
  let result = ''
  for (const edit of sorted) {
    if (edit.start < at) throw noEdit('two parts of the change are at one place')
    result += text.slice(at, edit.start) + edit.text
    at = edit.end
  }
  return result + text.slice(at)
}

/** Returns an edit that adds a text at a place. */
export function insertAt(at: number, text: string): TextEdit {
  return { start: at, end: at, text }
}

/** Returns an edit that puts a text in the place of a node. */
export function replaceNode({ file }: CodeEdit, node: Node, text: string): TextEdit {
  return { start: node.getStart(file), end: node.end, text }
}

/** Calls a function with each node of the file, the outer ones first. */
export function visitNodes({ ts, file }: CodeEdit, visit: (node: Node) => void): void {
  const go = (node: Node): void => {
    visit(node)
    ts.forEachChild(node, go)
  }
  ts.forEachChild(file, go)
}

/** Returns the names that the file uses for anything. */
export function namesOf(edit: CodeEdit): ReadonlySet<string> {
  const names = new Set<string>()
  visitNodes(edit, (node) => {
    if (edit.ts.isIdentifier(node)) names.add(node.text)
  })
  return names
}
