import type { CatalogColumn, CatalogEnum } from '../../../project/catalog/catalog.ts'
import { toTypeScript } from '../../../project/postgres/types.ts'
import { toZodText } from '../../../project/zod-text.ts'
import type { ChangeOf } from '../../schema/model-change.ts'
import { columnAfter, noEdit, requireTable, toCamel } from '../edit-step.ts'
import { calleeOf, type Chain, removeCall } from '../typescript/chains.ts'
import { type CodeEdit, insertAt, replaceNode, visitNodes } from '../typescript/code-edit.ts'
import { toLiteral, readKey, toKey } from '../typescript/code-style.ts'
import { insertItem, removeItem } from '../typescript/lists.ts'
import {
  findMeta,
  findZod,
  listObjects,
  requireObject,
  requireZodField,
  type ZodField,
  type ZodObject,
} from './read-objects.ts'

/** Writes the schema of the values of a column, with the name that the file has for zod. */
export function printZod(edit: CodeEdit, column: CatalogColumn): string {
  const text = toZodText({ ...toValue(edit.step.after.enums, column), nullable: !column.notNull })
  return withName(edit, text)
}

function withName(edit: CodeEdit, text: string): string {
  const zod = findZod(edit)
  if (zod === null) throw noEdit('the file does not import zod')
  return text.replace(/'(?:[^'\\]|\\.)*'|\bz\./g, (one) => {
    if (one === 'z.') return `${zod}.`
    return toLiteral(
      edit,
      JSON.parse(`"${one.slice(1, -1).replaceAll("\\'", "'").replaceAll('"', '\\"')}"`) as string,
    )
  })
}

function toValue(enums: readonly CatalogEnum[], column: CatalogColumn) {
  const { baseType, isArray, dimensions, enum: of, maxLength } = column
  const labels = enums.find((one) => one.schema === of?.schema && one.name === of.name)?.labels
  const count = isArray ? Math.max(1, dimensions) : 0
  return { tsType: toTypeScript(baseType, count, labels ?? []), maxLength }
}

/** Names a key as the file does: in camel case where its schemas do, and as the column otherwise. */
export function zodKeyOf(edit: CodeEdit, column: string): string {
  const keys = listObjects(edit).flatMap(({ fields }) => fields.map(({ key }) => key))
  const isCamel =
    keys.some((key) => /[a-z][A-Z]/.test(key)) && !keys.some((key) => key.includes('_'))
  return isCamel ? toCamel(column) : column
}

/** Adds the field after the others. */
export function addZodField(edit: CodeEdit, change: ChangeOf<'add_column'>): void {
  const { shape, variable } = requireObject(edit)
  const { name } = change.column
  const key = zodKeyOf(edit, name)
  if (shape.properties.some((one) => readKey(edit, one.name) === key)) {
    throw noEdit(`${variable} has a field ${key}`)
  }
  const text = `${toKey(edit, key)}: ${printZod(edit, columnAfter(edit, name))}`
  edit.change(insertItem(edit, shape, text))
}

/** Calls after which a schema has other values, so that nothing is known of them. */
const opaque = ['transform', 'pipe', 'overwrite', 'or', 'and', 'nullish', 'array']
/** Calls that stay at the end of a chain. */
const late = ['meta', 'describe', 'default', 'prefault', 'optional', 'catch', 'readonly', 'brand']

/** Changes the type, the length and the nullability of a field. A schema of zod says nothing of the default. */
export function alterZodField(edit: CodeEdit, change: ChangeOf<'alter_column'>): void {
  const before = requireTable(edit).columns.find(({ name }) => name === change.column)
  const after = columnAfter(edit, change.column)
  if (!before) throw noEdit('the column is unknown')
  const find = () => {
    const object = requireObject(edit)
    const field = requireZodField(object, change.column)
    return { object, field, chain: requireChain(edit, object, field) }
  }
  const [old, now] = [
    toValue(edit.step.before.enums, before),
    toValue(edit.step.after.enums, after),
  ]
  if (old.tsType !== now.tsType) replaceType(edit, find(), { before, after })
  else if (old.maxLength !== now.maxLength && !after.isArray) {
    const { chain } = find()
    setLimit(edit, chain, { before: old.maxLength, after: now.maxLength })
  }
  if (before.notNull !== after.notNull) setNullable(edit, find(), !after.notNull)
  const hasDefault = find().chain.calls.some(({ name }) => /^(?:default|prefault)$/.test(name))
  if (hasDefault && before.default !== after.default) {
    const { object, field } = find()
    edit.notes.push(`${object.variable}.${field.key} keeps its default in the code`)
  }
}

function requireChain(edit: CodeEdit, { variable }: ZodObject, { chain, key }: ZodField): Chain {
  const zod = findZod(edit)
  const isOwn = chain && calleeOf(edit, chain).startsWith(`${zod}.`)
  if (!chain || !isOwn || chain.calls.some(({ name }) => opaque.includes(name))) {
    throw noEdit(`${variable}.${key} is written in an unknown way`)
  }
  return chain
}

/** Another type takes the place of one that is written as it would be printed. */
function replaceType(
  edit: CodeEdit,
  { object, field, chain }: { object: ZodObject; field: ZodField; chain: Chain },
  { before, after }: { readonly before: CatalogColumn; readonly after: CatalogColumn },
): void {
  const plain = (column: CatalogColumn) =>
    withName(edit, toZodText({ ...toValue(edit.step.before.enums, column), nullable: false }))
  const limit = chain.calls.filter(({ name }) => name === 'max')
  const own = chain.calls.filter(({ name }) => ![...late, 'nullable', 'max'].includes(name))
  const written = [
    chain.base.getText(edit.file),
    ...limit.map(({ start, end }) => edit.file.text.slice(start, end)),
  ].join('')
  if (
    own.length > 0 ||
    written !== plain(before) ||
    chain.calls.some(({ name }) => /default|prefault|catch/.test(name))
  ) {
    throw noEdit(
      `the values of ${object.variable}.${field.key} have a type of their own in the code`,
    )
  }
  edit.change([replaceNode(edit, chain.base, plain(after)), ...limit.map(removeCall)])
}

function setLimit(
  edit: CodeEdit,
  chain: Chain,
  { before, after }: { readonly before: number | null; readonly after: number | null },
): void {
  const own = chain.calls.find(
    ({ name, args }) => name === 'max' && args[0]?.getText(edit.file) === String(before),
  )
  const [limit] = own?.args ?? []
  if (own && limit) {
    edit.change([after === null ? removeCall(own) : replaceNode(edit, limit, String(after))])
    return
  }
  // a limit of the code that is not the one of the column stays
  const isString = calleeOf(edit, chain) === `${findZod(edit)}.string`
  if (after === null || chain.calls.some(({ name }) => name === 'max')) return
  if (!isString) throw noEdit('the limit cannot be added to a schema that is no z.string()')
  edit.change([insertAt(chain.base.end, `.max(${after})`)])
}

function setNullable(
  edit: CodeEdit,
  { object, field, chain }: { object: ZodObject; field: ZodField; chain: Chain },
  isNullable: boolean,
): void {
  const isWrapped = /\.(?:nullable|nullish|optional|union|preprocess|any|unknown|null|lazy)$/.test(
    calleeOf(edit, chain),
  )
  const isUnknown = /\.(?:any|unknown)$/.test(calleeOf(edit, chain))
  const calls = chain.calls.filter(({ name }) => name === 'nullable')
  if (isWrapped && !isUnknown) {
    throw noEdit(`${object.variable}.${field.key} is written in an unknown way`)
  }
  if (!isNullable) return edit.change(calls.map(removeCall))
  if (calls.length > 0) return
  const next = chain.calls.find(({ name }) => late.includes(name))
  edit.change([insertAt(next?.start ?? chain.whole.end, '.nullable()')])
}

/** Refuses a change of a key that another statement of the file uses. */
function checkUses(edit: CodeEdit, { variable, statement }: ZodObject, key: string): void {
  const { ts, file } = edit
  for (const one of file.statements) {
    const names: string[] = []
    const go = (node: Parameters<typeof ts.forEachChild>[0]): void => {
      if (ts.isIdentifier(node) || ts.isStringLiteralLike(node)) names.push(node.text)
      ts.forEachChild(node, go)
    }
    go(one)
    if (one !== statement && names.includes(variable) && names.includes(key)) {
      throw noEdit(`another place of the file uses ${variable} and ${key}`)
    }
  }
  visitNodes(edit, (node) => {
    const isInside = node.pos >= statement.pos && node.end <= statement.end
    const isAccess = ts.isPropertyAccessExpression(node) && node.name.text === key
    if (isInside && isAccess) throw noEdit(`${variable} itself uses ${key}`)
  })
}

/** Removes the field of a column. */
export function dropZodField(edit: CodeEdit, change: ChangeOf<'drop_column'>): void {
  const object = requireObject(edit)
  const field = requireZodField(object, change.column)
  checkUses(edit, object, field.key)
  edit.change([removeItem(edit, object.shape, field.node)])
}

/** Gives a field another column: in its `.meta({ column })` where it has one, and by its key otherwise. */
export function renameZodField(edit: CodeEdit, change: ChangeOf<'rename_column'>): void {
  const object = requireObject(edit)
  const field = requireZodField(object, change.column)
  const { variable, shape } = object
  if (field.column !== null && field.chain) {
    const property = findMeta(edit, field.chain)?.given?.properties.find(
      (one) => readKey(edit, one.name) === 'column',
    )
    if (!property || !edit.ts.isPropertyAssignment(property)) throw noEdit('the column is unknown')
    return edit.change([replaceNode(edit, property.initializer, toLiteral(edit, change.to))])
  }
  const key = field.key === change.column ? change.to : toCamel(change.to)
  if (shape.properties.some((one) => readKey(edit, one.name) === key)) {
    throw noEdit(`${variable} has a field ${key}`)
  }
  checkUses(edit, object, field.key)
  const { name } = field.node
  if (name) edit.change([replaceNode(edit, name, toKey(edit, key))])
  edit.notes.push(
    `${variable}.${field.key} is now ${variable}.${key}, because rows have the new key`,
  )
}
