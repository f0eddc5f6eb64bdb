import type { ObjectLiteralExpression, VariableStatement } from 'typescript'
import type { Catalog } from '../../../project/catalog/catalog.ts'
import { toModelName, toTableName } from '../../../project/models/names.ts'
import { noEdit, type TablePlace, placeOfChange, toCamel } from '../edit-step.ts'
import { calleeOf, type Chain, type ChainCall, readChain } from '../typescript/chains.ts'
import type { CodeEdit } from '../typescript/code-edit.ts'
import { readKey, readLiteral } from '../typescript/code-style.ts'

/** A field of an object schema. */
export interface ZodField {
  readonly key: string
  /** The column in its `.meta({ column })`; null without one. */
  readonly column: string | null
  readonly chain: Chain | null
  readonly node: ObjectLiteralExpression['properties'][number]
}

/** A constant `z.object({ … })`. */
export interface ZodObject {
  readonly variable: string
  readonly statement: VariableStatement
  readonly chain: Chain
  readonly shape: ObjectLiteralExpression
  readonly fields: readonly ZodField[]
  /** The table and the schema in its `.meta({ table, schema })`; null without. */
  readonly table: string | null
  readonly schema: string | null
  /** False where fields come from elsewhere, by a spread or a call such as `.extend`. */
  readonly isWhole: boolean
}

/** The calls of an object after which its fields are those in its braces. */
const harmless = ['meta', 'describe', 'strict', 'strip', 'passthrough', 'loose', 'refine', 'check']

/** Returns the name by which a file calls zod; null where it does not import it. */
export function findZod({ ts, file }: CodeEdit): string | null {
  for (const one of file.statements) {
    if (!ts.isImportDeclaration(one) || !ts.isStringLiteral(one.moduleSpecifier)) continue
    if (!/^zod(?:\/v4)?$/.test(one.moduleSpecifier.text)) continue
    const { name, namedBindings: bindings } = one.importClause ?? {}
    if (name) return name.text
    if (bindings && ts.isNamespaceImport(bindings)) return bindings.name.text
    const own = bindings?.elements.find(
      ({ name: local, propertyName = local }) => propertyName.text === 'z',
    )
    if (own) return own.name.text
  }
  return null
}

/** Lists the object schemas of a file. */
export function listObjects(edit: CodeEdit): ZodObject[] {
  const { ts, file } = edit
  const zod = findZod(edit)
  return file.statements.flatMap((statement) => {
    if (zod === null || !ts.isVariableStatement(statement)) return []
    return statement.declarationList.declarations.flatMap(({ name, initializer }) => {
      const chain = readChain(edit, initializer)
      const callee = chain ? calleeOf(edit, chain) : ''
      const isObject = ['object', 'strictObject', 'looseObject'].some(
        (one) => callee === `${zod}.${one}`,
      )
      const shape = chain?.base.arguments[0]
      if (!ts.isIdentifier(name) || !chain || !isObject) return []
      if (!shape || !ts.isObjectLiteralExpression(shape)) return []
      return [readObject(edit, { variable: name.text, statement, chain, shape })]
    })
  })
}

function readObject(
  edit: CodeEdit,
  found: Pick<ZodObject, 'variable' | 'statement' | 'chain' | 'shape'>,
): ZodObject {
  const { ts } = edit
  const { chain, shape } = found
  const fields = shape.properties.flatMap((node): ZodField[] => {
    const key = readKey(edit, node.name)
    if (key === null || !ts.isPropertyAssignment(node)) return []
    const own = readChain(edit, node.initializer)
    return [{ key, chain: own, node, column: own && readMeta(edit, own, 'column') }]
  })
  const isPlain = chain.calls.every(({ name }) => harmless.includes(name))
  return {
    ...found,
    fields,
    table: readMeta(edit, chain, 'table'),
    schema: readMeta(edit, chain, 'schema'),
    isWhole: isPlain && fields.length === shape.properties.length,
  }
}

/** Finds the call of `.meta({ … })` with its object. */
export function findMeta(
  { ts }: CodeEdit,
  { calls }: Chain,
): { readonly call: ChainCall; readonly given: ObjectLiteralExpression | null } | null {
  const call = calls.findLast(({ name }) => name === 'meta')
  const [given] = call?.args ?? []
  if (!call) return null
  return { call, given: given && ts.isObjectLiteralExpression(given) ? given : null }
}

function readMeta(edit: CodeEdit, chain: Chain, name: string): string | null {
  const property = findMeta(edit, chain)?.given?.properties.find(
    (one) => readKey(edit, one.name) === name,
  )
  return property && edit.ts.isPropertyAssignment(property)
    ? readLiteral(edit, property.initializer)
    : null
}

/** Returns true if a name of a constant stands for a table: `orderSchema`, `Order` or `orders` for `orders`. */
function isNamedAfter(variable: string, table: string): boolean {
  const stem = variable.replace(/Schema$/, '') || variable
  const name = stem.charAt(0).toUpperCase() + stem.slice(1)
  return name === toModelName(table) || toTableName(name) === table || stem === toCamel(table)
}

/** Lists the schemas of a table: by their `.meta`, and without one by their names, where no other table could be meant. */
export function findObjects(
  edit: CodeEdit,
  catalog: Catalog,
  { schema, name }: TablePlace,
): ZodObject[] {
  const isOther = (variable: string) =>
    catalog.tables.some(
      (one) => (one.schema !== schema || one.name !== name) && isNamedAfter(variable, one.name),
    )
  return listObjects(edit).filter((one) =>
    one.table === null
      ? (one.schema ?? schema) === schema &&
        isNamedAfter(one.variable, name) &&
        !isOther(one.variable)
      : one.table === name && (one.schema ?? 'public') === schema,
  )
}

/** Finds the one schema of the table that a change names. */
export function requireObject(edit: CodeEdit): ZodObject {
  const place = placeOfChange(edit.step)
  const [only, other] = findObjects(edit, edit.step.before, place)
  const text = `${place.schema}.${place.name}`
  if (!only) throw noEdit(`no schema of the file is certainly that of the table ${text}`)
  if (other)
    throw noEdit(`${only.variable} and ${other.variable} could be that of the table ${text}`)
  if (!only.isWhole) throw noEdit(`some fields of ${only.variable} come from another place`)
  return only
}

/** Finds the one field of a column: by its `.meta({ column })`, by its key, or by its key in camel case. */
export function requireZodField({ variable, fields }: ZodObject, column: string): ZodField {
  const matches = [
    fields.filter((one) => one.column === column),
    fields.filter((one) => one.column === null && one.key === column),
    fields.filter((one) => one.column === null && one.key === toCamel(column)),
  ].find((found) => found.length > 0)
  const [only, other] = matches ?? []
  if (!only || other) throw noEdit(`${variable} has no one field for the column ${column}`)
  return only
}
