import type {
  ArrowFunction,
  CallExpression,
  Expression,
  ObjectLiteralExpression,
  VariableStatement,
} from 'typescript'
import { noEdit, type TablePlace, placeOfChange } from '../edit-step.ts'
import { type Chain, readChain } from '../typescript/chains.ts'
import type { CodeEdit } from '../typescript/code-edit.ts'
import { readKey, readLiteral } from '../typescript/code-style.ts'
import { readImported, readImports } from '../typescript/module-imports.ts'

/** The module with the builders of tables and columns. */
export const pgCore = 'drizzle-orm/pg-core'

/** A column of a table in the code. */
export interface DrizzleField {
  readonly key: string
  /** The name that the code gives to the column; null where it follows from the key. */
  readonly name: string | null
  /** What builds it: a function of pg-core, or the constant of an enum. */
  readonly builder: string
  readonly chain: Chain
  readonly node: ObjectLiteralExpression['properties'][number]
}

/** A table in the code. */
export interface DrizzleCode {
  readonly variable: string
  readonly name: string
  readonly schema: string
  readonly statement: VariableStatement
  readonly call: CallExpression
  readonly columns: ObjectLiteralExpression
  /** The parameter that has the builders, of `pgTable('name', (t) => ({ … }))`; null where they are imported. */
  readonly builders: string | null
  readonly fields: readonly DrizzleField[]
  /** False where columns come from elsewhere, by a spread or a key that is computed. */
  readonly isWhole: boolean
}

/** A constant of the file with the call that makes it. */
interface Constant {
  readonly name: string
  readonly statement: VariableStatement
  readonly chain: Chain
}

/** Lists the constants of a file that calls make. */
export function listConstants(edit: CodeEdit): Constant[] {
  const { ts, file } = edit
  return file.statements.flatMap((statement) => {
    if (!ts.isVariableStatement(statement)) return []
    return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
      const chain = readChain(edit, initializer)
      return ts.isIdentifier(name) && chain ? [{ name: name.text, statement, chain }] : []
    })
  })
}

/** Lists the constants that a function of pg-core makes, with its first argument. */
function listMade(edit: CodeEdit, wanted: string) {
  const imports = readImports(edit, pgCore)
  return listConstants(edit).flatMap(({ name, chain }) => {
    const isMade = readImported(edit, imports, chain.base.expression) === wanted
    const text = isMade ? readLiteral(edit, chain.base.arguments[0]) : null
    return text === null ? [] : [{ variable: name, text }]
  })
}

/** Lists the schemas of a file besides `public`, by the names of their constants. */
export function listSchemas(edit: CodeEdit) {
  return listMade(edit, 'pgSchema')
}

/** Finds the constants that stand for an enum of the database. */
export function findEnums(edit: CodeEdit, { schema, name }: TablePlace) {
  const { ts } = edit
  if (schema === 'public') return listMade(edit, 'pgEnum').filter(({ text }) => text === name)
  const owners = listSchemas(edit).filter(({ text }) => text === schema)
  return listConstants(edit).flatMap(({ name: variable, chain: { base } }) => {
    const { expression } = base
    const isOf =
      ts.isPropertyAccessExpression(expression) &&
      expression.name.text === 'enum' &&
      owners.some((one) => one.variable === expression.expression.getText(edit.file))
    const text = isOf ? readLiteral(edit, base.arguments[0]) : null
    return text === name ? [{ variable, text }] : []
  })
}

/** Lists the tables of a file. */
export function listTables(edit: CodeEdit): DrizzleCode[] {
  const { ts, file } = edit
  const imports = readImports(edit, pgCore)
  const schemas = listSchemas(edit)
  return listConstants(edit).flatMap(({ name: variable, statement, chain: { base } }) => {
    const callee = base.expression
    const isPlain = readImported(edit, imports, callee) === 'pgTable'
    const owner =
      ts.isPropertyAccessExpression(callee) && callee.name.text === 'table'
        ? schemas.find((one) => one.variable === callee.expression.getText(file))
        : undefined
    const name = readLiteral(edit, base.arguments[0])
    const columns = readColumns(edit, base.arguments[1])
    if ((!isPlain && !owner) || name === null || !columns) return []
    const fields = columns.list.properties.map((node) => readField(edit, node, columns.builders))
    return [
      {
        variable,
        name,
        schema: owner?.text ?? 'public',
        statement,
        call: base,
        columns: columns.list,
        builders: columns.builders,
        fields: fields.filter((one) => one !== null),
        isWhole: columns.list.properties.every(
          (one) => ts.isPropertyAssignment(one) && readKey(edit, one.name) !== null,
        ),
      },
    ]
  })
}

function readColumns(edit: CodeEdit, node: Expression | undefined) {
  const { ts } = edit
  if (!node) return null
  if (ts.isObjectLiteralExpression(node)) return { list: node, builders: null }
  if (!ts.isArrowFunction(node)) return null
  const [parameter] = node.parameters
  const list = readResult(edit, node)
  const isNamed = parameter && ts.isIdentifier(parameter.name)
  if (!isNamed || !list || !ts.isObjectLiteralExpression(list)) return null
  return { list, builders: parameter.name.getText(edit.file) }
}

/** Returns what an arrow function with one expression, or with one statement, returns. */
export function readResult({ ts }: CodeEdit, { body }: ArrowFunction): Expression | null {
  let found: Expression | undefined
  if (!ts.isBlock(body)) found = body
  else {
    const [only, other] = body.statements
    found = only && !other && ts.isReturnStatement(only) ? only.expression : undefined
  }
  while (found && ts.isParenthesizedExpression(found)) found = found.expression
  return found ?? null
}

function readField(
  edit: CodeEdit,
  node: DrizzleField['node'],
  builders: string | null,
): DrizzleField | null {
  const { ts, file } = edit
  if (!ts.isPropertyAssignment(node)) return null
  const key = readKey(edit, node.name)
  const chain = readChain(edit, node.initializer)
  if (key === null || !chain) return null
  const { expression, arguments: args } = chain.base
  const own =
    ts.isPropertyAccessExpression(expression) && expression.expression.getText(file) === builders
      ? expression.name.text
      : null
  const imports = readImports(edit, pgCore)
  const isConstant = ts.isIdentifier(expression) && isEnum(edit, expression.text)
  const builder =
    own ?? readImported(edit, imports, expression) ?? (isConstant ? expression.text : null)
  if (builder === null) return null
  const first = args[0]
  const name = readLiteral(edit, first)
  // a name that is no literal is not known
  const isRead = !first || name !== null || ts.isObjectLiteralExpression(first)
  return isRead ? { key, name, builder, chain, node } : null
}

function isEnum(edit: CodeEdit, name: string): boolean {
  const { ts } = edit
  const imports = readImports(edit, pgCore)
  const made = listConstants(edit).find((one) => one.name === name)?.chain.base.expression
  if (!made) return false
  return (
    readImported(edit, imports, made) === 'pgEnum' ||
    (ts.isPropertyAccessExpression(made) && made.name.text === 'enum')
  )
}

/** Finds the one table of the file that is a table of the database; null where none or several are. */
export function findCode(edit: CodeEdit, { schema, name }: TablePlace): DrizzleCode | null {
  const [only, other] = listTables(edit).filter((one) => one.name === name && one.schema === schema)
  return only && !other ? only : null
}

/** Finds the table of the file that a change names. */
export function requireCode(
  edit: CodeEdit,
  place: TablePlace = placeOfChange(edit.step),
): DrizzleCode {
  const table = findCode(edit, place)
  if (!table) throw noEdit(`no one table of the file is ${place.schema}.${place.name}`)
  return table
}

/** Returns the column of a field: by its name, by its key, or by its key in snake case where the file relies on `casing`. */
export function columnOf(
  field: Pick<DrizzleField, 'name' | 'key'>,
  known: readonly { readonly name: string }[],
): string | null {
  if (field.name !== null) return field.name
  const isColumn = (name: string) => known.some((one) => one.name === name)
  const snake = toSnake(field.key)
  if (snake === field.key) return field.key
  if (isColumn(field.key) && isColumn(snake)) return null
  return isColumn(snake) ? snake : field.key
}

/** Writes a key as Drizzle does for `casing: 'snake_case'`. */
export function toSnake(name: string): string {
  const words =
    name.replace(/['\u2019]/g, '').match(/[\da-z]+|[A-Z]+(?![a-z])|[A-Z][\da-z]+/g) ?? []
  return words.map((word) => word.toLowerCase()).join('_')
}

/** Refuses a table whose columns are not all in its braces. */
export function checkWhole({ variable, isWhole }: DrizzleCode): void {
  if (!isWhole) throw noEdit(`some columns of ${variable} come from another place`)
}

/** Finds the one field of a column. */
export function requireField(edit: CodeEdit, table: DrizzleCode, column: string): DrizzleField {
  checkWhole(table)
  const { tables } = edit.step.before
  const known = tables.find((one) => one.name === table.name && one.schema === table.schema)
  const after = edit.step.after.tables.find(
    (one) => one.name === table.name && one.schema === table.schema,
  )
  const columns = [...(known?.columns ?? []), ...(after?.columns ?? [])]
  const [only, other] = table.fields.filter((field) => columnOf(field, columns) === column)
  if (!only || other) throw noEdit(`${table.variable} has no one field for the column ${column}`)
  return only
}
