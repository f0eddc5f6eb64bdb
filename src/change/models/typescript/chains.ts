import type { CallExpression, Expression, NodeArray } from 'typescript'
import { type CodeEdit, insertAt, type TextEdit } from './code-edit.ts'

/** One call of a chain such as `.notNull()`. */
export interface ChainCall {
  readonly name: string
  readonly args: NodeArray<Expression>
  /** Where the part of the chain before it ends. */
  readonly start: number
  readonly end: number
  readonly node: CallExpression
}

/** A chain of calls, such as `text('name').notNull()`. */
export interface Chain {
  /** The call at its beginning. */
  readonly base: CallExpression
  readonly calls: readonly ChainCall[]
  readonly whole: Expression
}

/** Reads an expression as a chain of calls; null for any other. */
export function readChain({ ts }: CodeEdit, whole: Expression | undefined): Chain | null {
  const calls: ChainCall[] = []
  let node = whole
  while (node && ts.isCallExpression(node)) {
    const { expression, arguments: args, end } = node
    const isStep =
      ts.isPropertyAccessExpression(expression) && ts.isCallExpression(expression.expression)
    if (!isStep) return { base: node, calls: calls.toReversed(), whole: whole as Expression }
    const start = expression.expression.end
    calls.push({ name: expression.name.text, args, start, end, node })
    node = expression.expression
  }
  return null
}

/** Returns the edit that adds a call at the end of a chain, on a line of its own where the last one has one. */
export function appendCall({ file }: CodeEdit, { calls, whole }: Chain, text: string): TextEdit {
  const last = calls.at(-1)
  const gap = last ? (/^\s*/.exec(file.text.slice(last.start))?.[0] ?? '') : ''
  return insertAt(whole.end, `${gap.includes('\n') ? gap : ''}.${text}`)
}

/** Returns the edit that takes a call out of a chain. */
export function removeCall({ start, end }: ChainCall): TextEdit {
  return { start, end, text: '' }
}

/** Returns the edits that give a call its text, or add it, or remove it where the text is null. */
export function setCall(
  edit: CodeEdit,
  chain: Chain,
  { names, text }: { readonly names: readonly string[]; readonly text: string | null },
): TextEdit[] {
  const old = chain.calls.filter(({ name }) => names.includes(name))
  const [first, ...others] = old
  const rest = others.map(removeCall)
  if (!first) return text === null ? [] : [appendCall(edit, chain, text)]
  if (text === null) return [removeCall(first), ...rest]
  const gap = /^\s*/.exec(edit.file.text.slice(first.start))?.[0] ?? ''
  return [{ start: first.start, end: first.end, text: `${gap}.${text}` }, ...rest]
}

/** Returns what a chain begins with as text without spaces, such as `z.string`. */
export function calleeOf({ file }: CodeEdit, { base }: Chain): string {
  return base.expression.getText(file).replace(/\s+/g, '')
}
