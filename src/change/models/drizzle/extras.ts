import type {
  ArrayLiteralExpression,
  ArrowFunction,
  Expression,
  ObjectLiteralExpression,
} from 'typescript'
import { noEdit, type TablePlace, toCamel } from '../edit-step.ts'
import { type Chain, readChain } from '../typescript/chains.ts'
import { type CodeEdit, insertAt } from '../typescript/code-edit.ts'
import { isFreeWord, readKey, readStyle, toKey } from '../typescript/code-style.ts'
import { importName } from '../typescript/module-imports.ts'
import { indentAt, insertItem } from '../typescript/lists.ts'
import { type DrizzleCode, listTables, pgCore, readResult, requireCode } from './read-tables.ts'

/** The function with the indexes and constraints of a table. */
export interface Extras {
  readonly arrow: ArrowFunction
  readonly list: ArrayLiteralExpression | ObjectLiteralExpression
  /** Its parameter, which has the columns; null without one. */
  readonly parameter: string | null
  readonly entries: readonly ExtrasEntry[]
}

/** One of the indexes and constraints, with its node in the list. */
export interface ExtrasEntry {
  readonly item: Expression | ObjectLiteralExpression['properties'][number]
  /** Null where it is no chain of calls. */
  readonly chain: Chain | null
}

/** Reads the indexes and constraints of a table; null where it has none, and `unknown` where they are not understood. */
export function readTableExtras(edit: CodeEdit, { call }: DrizzleCode): Extras | null | 'unknown' {
  const { ts } = edit
  const arrow = call.arguments[2]
  if (!arrow) return null
  if (!ts.isArrowFunction(arrow) || arrow.parameters.length > 1) return 'unknown'
  const [parameter] = arrow.parameters
  const list = readResult(edit, arrow)
  if (parameter && !ts.isIdentifier(parameter.name)) return 'unknown'
  if (!list) return 'unknown'
  const name = parameter ? parameter.name.getText(edit.file) : null
  if (ts.isArrayLiteralExpression(list)) {
    const entries = list.elements.map((item) => ({ item, chain: readChain(edit, item) }))
    return { arrow, list, parameter: name, entries }
  }
  if (!ts.isObjectLiteralExpression(list)) return 'unknown'
  const entries = list.properties.map((item) => {
    const chain = ts.isPropertyAssignment(item) ? readChain(edit, item.initializer) : null
    return { item, chain }
  })
  return { arrow, list, parameter: name, entries }
}

/** Reads the indexes and constraints of a table; null where it has none. */
export function requireExtras(edit: CodeEdit, table: DrizzleCode): Extras | null {
  const extras = readTableExtras(edit, table)
  if (extras === 'unknown') {
    throw noEdit(`the indexes and constraints of ${table.variable} are written in an unknown way`)
  }
  return extras
}

/** Returns the name by which an entry of the table refers to its columns. */
export function ownName(edit: CodeEdit, table: DrizzleCode): string {
  const extras = requireExtras(edit, table)
  if (extras) return extras.parameter ?? table.variable
  const used = listTables(edit).flatMap((one) => {
    const found = readTableExtras(edit, one)
    return found && found !== 'unknown' && found.parameter !== null ? [found.parameter] : []
  })
  const tables = listTables(edit).map(({ variable }) => variable)
  return [...used, 't', 'table', 'self'].find((name) => !tables.includes(name)) ?? table.variable
}

/** Adds an index or a constraint to a table. `name` is what an object of them calls it. */
export function addExtra(
  edit: CodeEdit,
  text: string,
  { name, owner }: { readonly name: string; readonly owner: TablePlace },
): void {
  const table = requireCode(edit, owner)
  const extras = requireExtras(edit, table)
  if (!extras) {
    const { newline, indent } = readStyle(edit)
    const outer = indentAt(edit, table.statement.getStart(edit.file))
    const last = table.call.arguments.at(-1)
    const own = ownName(edit, table)
    if (!last) throw noEdit(`${table.variable} is written in an unknown way`)
    const line = `${newline}${outer}${indent}${text},${newline}${outer}`
    edit.change([insertAt(last.end, `, (${own}) => [${line}]`)])
    return
  }
  edit.change(insertItem(edit, extras.list, withKey(edit, extras, { text, name })))
}

function withKey(
  edit: CodeEdit,
  { list }: Extras,
  { text, name }: { readonly text: string; readonly name: string },
): string {
  if (!edit.ts.isObjectLiteralExpression(list)) return text
  const taken = list.properties.map((one) => readKey(edit, one.name))
  let key = toCamel(name)
  if (!isFreeWord(edit, key)) key = name
  while (taken.includes(key)) key += '2'
  return `${toKey(edit, key)}: ${text}`
}

/** Says the type of what the function of the extras returns, so that TypeScript need not infer it from the table that it names. */
export function annotateExtras(edit: CodeEdit, owner: TablePlace): void {
  const found = requireExtras(edit, requireCode(edit, owner))
  if (!found || found.arrow.type) return
  const isObject = edit.ts.isObjectLiteralExpression(found.list)
  const name = isObject ? 'PgTableExtraConfig' : 'PgTableExtraConfigValue'
  const type = importName(edit, pgCore, { name, isType: true })
  const extras = requireExtras(edit, requireCode(edit, owner))
  if (!extras) return
  const { arrow, parameter } = extras
  const { file } = edit
  const start = arrow.getStart(file)
  const end = arrow.equalsGreaterThanToken.getStart(file)
  const hasBrackets = file.text[start] === '('
  const text = hasBrackets ? file.text.slice(start, end).trimEnd() : `(${parameter ?? ''})`
  edit.change([{ start, end, text: `${text}: ${type}${isObject ? '' : '[]'} ` }])
}
