import type { CatalogColumn } from '../../../project/catalog/catalog.ts'
import type { ChangeOf } from '../../schema/model-change.ts'
import { columnAfter, noEdit, placeOfChange, toCamel } from '../edit-step.ts'
import { type CodeEdit, insertAt, replaceNode, visitNodes } from '../typescript/code-edit.ts'
import { toLiteral, readKey, toKey } from '../typescript/code-style.ts'
import { importName } from '../typescript/module-imports.ts'
import { insertItem, removeItem } from '../typescript/lists.ts'
import { readTableExtras } from './extras.ts'
import { pinDrizzleNames } from './pin-names.ts'
import { importType, printBuilder, printDefault, toDrizzleType } from './print-drizzle-column.ts'
import {
  checkWhole,
  type DrizzleCode,
  listTables,
  requireCode,
  requireField,
  toSnake,
} from './read-tables.ts'

/** Returns the name of the template `sql`, and imports it where it is needed. */
export function sqlOf(edit: CodeEdit): () => string {
  return () => importName(edit, 'drizzle-orm', { name: 'sql' })
}

/** Writes a column with its key; the functions that it needs are imported. */
export function printField(
  edit: CodeEdit,
  column: CatalogColumn,
  {
    builders,
    isPrimary = false,
  }: { readonly builders: string | null; readonly isPrimary?: boolean },
): string {
  const type = importType(edit, toDrizzleType(edit, column), builders)
  const key = keyOf(edit, column.name)
  const value = printDefault(edit, column, sqlOf(edit))
  const identity =
    column.identity === null
      ? []
      : [`generated${column.identity === 'always' ? 'Always' : 'ByDefault'}AsIdentity()`]
  const isNotNull = column.notNull && column.identity === null && !isPrimary
  const calls = [
    ...identity,
    ...(isPrimary ? ['primaryKey()'] : []),
    ...(isNotNull ? ['notNull()'] : []),
    ...(value === null ? [] : [value]),
  ]
  const name = isImplied(edit, key, column.name) ? null : column.name
  const built = printBuilder(edit, type, { name, builders })
  return `${toKey(edit, key)}: ${[built, ...calls].join('.')}`
}

/** Names a key as the file does: as the column where it has keys of several words in snake case. */
export function keyOf(edit: CodeEdit, column: string): string {
  const keys = listTables(edit).flatMap(({ fields }) => fields.map(({ key }) => key))
  const isSnake = keys.some((key) => /[a-z]_[a-z]/.test(key))
  return isSnake ? column : toCamel(column)
}

/** A name is left out where the key says it, whatever the casing, and the file leaves names out too. */
function isImplied(edit: CodeEdit, key: string, column: string): boolean {
  const fields = listTables(edit).flatMap((table) => table.fields)
  return (
    key === column && toSnake(key) === key && !fields.some(({ name, key: own }) => name === own)
  )
}

/** Adds the column after the others of the table. */
export function addDrizzleColumn(edit: CodeEdit, change: ChangeOf<'add_column'>): void {
  const found = requireCode(edit)
  const { builders } = found
  checkWhole(found)
  const text = printField(edit, columnAfter(edit, change.column.name), { builders })
  const table = requireCode(edit)
  const key = keyOf(edit, change.column.name)
  const taken = table.columns.properties.some((one) => readKey(edit, one.name) === key)
  if (taken) throw noEdit(`${table.variable} has a column ${key}`)
  checkOrder(edit, table, text)
  edit.change(insertItem(edit, table.columns, text))
}

/** An enum is called while the table is made, so it has to be there before. */
export function checkOrder(
  edit: CodeEdit,
  { statement, variable }: DrizzleCode,
  text: string,
): void {
  const { ts, file } = edit
  const later = file.statements.filter((one) => one.pos > statement.pos)
  const isLate = later.some(
    (one) =>
      ts.isVariableStatement(one) &&
      one.declarationList.declarations.some(({ name }) => text.includes(` ${name.getText(file)}(`)),
  )
  if (isLate) throw noEdit(`the enum of the column is declared after ${variable}`)
}

/** Removes a column that nothing else of the file uses. */
export function dropDrizzleColumn(edit: CodeEdit, change: ChangeOf<'drop_column'>): void {
  const { ts } = edit
  const table = requireCode(edit)
  const field = requireField(edit, table, change.column)
  const extras = readTableExtras(edit, table)
  if (extras === 'unknown') throw noEdit(`whether ${table.variable} uses the column is not known`)
  let isUsed = false
  visitNodes(edit, (node) => {
    const isPlain = ts.isPropertyAccessExpression(node)
    if (!isPlain && !ts.isElementAccessExpression(node)) return
    const key = isPlain ? node.name.text : node.argumentExpression.getText(edit.file).slice(1, -1)
    if (key !== field.key || !ts.isIdentifier(node.expression)) return
    const owner = node.expression.text
    const isInside = extras ? node.pos >= extras.arrow.pos && node.end <= extras.arrow.end : false
    if (owner === table.variable || (isInside && owner === extras?.parameter)) isUsed = true
  })
  if (isUsed) throw noEdit(`another place of the file uses ${table.variable}.${field.key}`)
  edit.change([removeItem(edit, table.columns, field.node)])
}

/** Gives a field another column. Its key stays, because the code of the project uses it. */
export function renameDrizzleColumn(edit: CodeEdit, change: ChangeOf<'rename_column'>): void {
  requireField(edit, requireCode(edit), change.column)
  pinDrizzleNames(edit, placeOfChange(edit.step), change.column)
  const table = requireCode(edit)
  const field = requireField(edit, table, change.column)
  const { base } = field.chain
  const [first] = base.arguments
  const text = toLiteral(edit, change.to)
  if (!first) edit.change([insertAt(base.end - 1, text)])
  else if (field.name !== null) edit.change([replaceNode(edit, first, text)])
  else edit.change([insertAt(first.getStart(edit.file), `${text}, `)])
  edit.notes.push(
    `${table.variable}.${field.key} keeps its name in the code; its column is ${change.to}`,
  )
}
