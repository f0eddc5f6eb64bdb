import type { VariableStatement } from 'typescript'
import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import type { ChangeOf } from '../../schema/model-change.ts'
import { noEdit, placeOfChange, tableOf, toCamel } from '../edit-step.ts'
import { type CodeEdit, namesOf, replaceNode, visitNodes } from '../typescript/code-edit.ts'
import { isFreeWord, toLiteral, readStyle, toAccess } from '../typescript/code-style.ts'
import { importName, readImported, readImports } from '../typescript/module-imports.ts'
import { appendStatement, isReference, isTaken } from '../typescript/statements.ts'
import { removeStatement } from '../typescript/lists.ts'
import { keyOf, printField } from './edit-drizzle-column.ts'
import { pinDrizzleNames } from './pin-names.ts'
import { listConstants, listSchemas, listTables, pgCore, requireCode } from './read-tables.ts'

/** Adds a table at the end of the file. */
export function createDrizzleTable(edit: CodeEdit): void {
  const place = placeOfChange(edit.step)
  const table = tableOf(edit.step.after, place)
  if (!table) throw noEdit('the table is unknown')
  const variable = nameTable(edit, place.name)
  const make = openSchema(edit, place.schema)
  const key = table.primaryKey?.columns ?? []
  const fields = table.columns.map((column) =>
    printField(edit, column, {
      builders: null,
      isPrimary: key.length === 1 && key[0] === column.name,
    }),
  )
  const keys = table.columns.map(({ name }) => keyOf(edit, name))
  if (new Set(keys).size < keys.length) throw noEdit('two of its columns would have one key')
  const extras = printKey(edit, table)
  const { indent, newline, semicolon } = readStyle(edit)
  const lines = [
    `export const ${variable} = ${make}(${toLiteral(edit, place.name)}, {`,
    ...fields.map((field) => `${indent}${field},`),
    ...(extras === null
      ? [`})${semicolon}`]
      : [`}, (t) => [`, `${indent}${extras},`, `])${semicolon}`]),
  ]
  appendStatement(edit, lines.join(newline))
}

function printKey(edit: CodeEdit, { primaryKey }: CatalogTable): string | null {
  if (!primaryKey || primaryKey.columns.length < 2) return null
  const make = importName(edit, pgCore, { name: 'primaryKey' })
  const columns = primaryKey.columns.map((name) => toAccess(edit, 't', keyOf(edit, name)))
  return `${make}({ columns: [${columns.join(', ')}], name: ${toLiteral(edit, primaryKey.name)} })`
}

/** Returns the function that makes a table of a schema; declares the schema where the file does not yet. */
function openSchema(edit: CodeEdit, schema: string): string {
  if (schema === 'public') return importName(edit, pgCore, { name: 'pgTable' })
  const known = listSchemas(edit).find(({ text }) => text === schema)
  if (known) return `${known.variable}.table`
  const make = importName(edit, pgCore, { name: 'pgSchema' })
  const names = namesOf(edit)
  const variable = [toCamel(schema), `${toCamel(schema)}Schema`].find(
    (name) => isFreeWord(edit, name) && !names.has(name),
  )
  if (variable === undefined) throw noEdit(`no constant can be named after the schema ${schema}`)
  const { semicolon } = readStyle(edit)
  const text = `export const ${variable} = ${make}(${toLiteral(edit, schema)})${semicolon}`
  appendStatement(edit, text)
  return `${variable}.table`
}

/** Names the constant of a table as the others of the file. */
function nameTable(edit: CodeEdit, table: string): string {
  const others = listTables(edit)
  const camel = toCamel(table)
  const isLong = others.some(({ name, variable }) => variable === `${toCamel(name)}Table`)
  const isSnake = others.some(({ name, variable }) => name === variable && /[a-z]_[a-z]/.test(name))
  const name = isLong ? `${camel}Table` : isSnake ? table : camel
  const free = [name, `${camel}Table`].find((one) => isFreeWord(edit, one) && !isTaken(edit, one))
  if (free === undefined) throw noEdit('no constant can be named after it')
  return free
}

/** Removes a table that nothing else of the file uses, with its own relations. */
export function dropDrizzleTable(edit: CodeEdit): void {
  const table = requireCode(edit)
  const own = findRelations(edit, table.variable)
  const statements: VariableStatement[] = [table.statement, ...own]
  if (statements.some(({ declarationList }) => declarationList.declarations.length > 1)) {
    throw noEdit(`${table.variable} is declared together with others`)
  }
  const names = [table, ...own.map(nameOfStatement)].map((one) => one.variable)
  visitNodes(edit, (node) => {
    const isInside = statements.some((one) => node.pos >= one.pos && node.end <= one.end)
    const used = names.find((name) => isReference(edit, node, name))
    if (used !== undefined && !isInside) throw noEdit(`another place of the file uses ${used}`)
  })
  edit.change(statements.map((one) => removeStatement(edit, one)))
}

function nameOfStatement({ declarationList }: VariableStatement) {
  return { variable: declarationList.declarations[0]?.name.getText() ?? '' }
}

/** Finds the calls of `relations(table, …)`. */
function findRelations(edit: CodeEdit, variable: string): VariableStatement[] {
  const imports = readImports(edit, 'drizzle-orm')
  return listConstants(edit).flatMap(({ statement, chain: { base } }) => {
    const isMade = readImported(edit, imports, base.expression) === 'relations'
    return isMade && base.arguments[0]?.getText(edit.file) === variable ? [statement] : []
  })
}

/** Gives a table of the code another one of the database. Its constant keeps its name. */
export function renameDrizzleTable(edit: CodeEdit, change: ChangeOf<'rename_table'>): void {
  requireCode(edit)
  pinDrizzleNames(edit, placeOfChange(edit.step), null)
  const table = requireCode(edit)
  const [name] = table.call.arguments
  if (!name) throw noEdit('the table has no name')
  edit.change([replaceNode(edit, name, toLiteral(edit, change.to))])
  edit.notes.push(`${table.variable} keeps its name in the code; its table is ${change.to}`)
}
