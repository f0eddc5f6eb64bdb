import type { CatalogColumn } from '../../../project/catalog/catalog.ts'
import type { ChangeOf } from '../../schema/model-change.ts'
import { columnAfter, noEdit, requireTable } from '../edit-step.ts'
import { removeCall, setCall } from '../typescript/chains.ts'
import { type CodeEdit, insertAt, replaceNode, type TextEdit } from '../typescript/code-edit.ts'
import { quoteTemplate, readKey } from '../typescript/code-style.ts'
import { checkOrder, sqlOf } from './edit-drizzle-column.ts'
import { propertyOf } from './list-keys.ts'
import {
  type DrizzleType,
  importType,
  printBuilder,
  printConfig,
  printDefault,
  toDrizzleType,
} from './print-drizzle-column.ts'
import { type DrizzleField, type DrizzleCode, requireCode, requireField } from './read-tables.ts'

/** Changes the type, the nullability and the default of a column, each only if the change names it. */
export function alterDrizzleColumn(edit: CodeEdit, change: ChangeOf<'alter_column'>): void {
  const before = requireTable(edit).columns.find(({ name }) => name === change.column)
  const after = columnAfter(edit, change.column)
  if (!before) throw noEdit('the column is unknown')
  const find: FindField = () => {
    const table = requireCode(edit)
    return { table, field: requireField(edit, table, change.column) }
  }
  leaveSerial(edit, find, { before, after })
  if (before.type !== after.type) alterType(edit, find, after)
  const isFree = isHandTyped(edit, find().field)
  const defaultOf = (column: CatalogColumn) =>
    column.default === null
      ? null
      : isFree && !/^(?:now|gen_random_uuid)\(\)$/.test(column.default)
        ? `default(${sqlOf(edit)()}${quoteTemplate(column.default)})`
        : printDefault(edit, column, sqlOf(edit))
  if (before.default !== after.default || (after.default !== null && before.type !== after.type)) {
    const text = defaultOf(after)
    const names = ['default', 'defaultNow', 'defaultRandom']
    edit.change(setCall(edit, find().field.chain, { names, text }))
  }
  if (before.notNull !== after.notNull) {
    const { chain } = find().field
    const text = after.notNull ? 'notNull()' : null
    edit.change(setCall(edit, chain, { names: ['notNull'], text }))
  }
}

/** Finds a field in the current file. */
type FindField = () => { readonly table: DrizzleCode; readonly field: DrizzleField }

/** A serial is a number with a sequence as its default, and never null. */
function leaveSerial(
  edit: CodeEdit,
  find: FindField,
  { before, after }: { readonly before: CatalogColumn; readonly after: CatalogColumn },
): void {
  const { field, table } = find()
  if (!/serial/i.test(field.builder)) return
  if (before.type !== after.type || before.notNull !== after.notNull) {
    throw noEdit(`${table.variable}.${field.key} is a serial`)
  }
  if (before.default === after.default) return
  const { builders } = table
  const type = importType(edit, toDrizzleType(edit, after), builders)
  const { base } = find().field.chain
  edit.change([replaceNode(edit, base, printBuilder(edit, type, { name: field.name, builders }))])
  const { chain } = find().field
  if (chain.calls.some(({ name }) => name === 'primaryKey')) return
  edit.change(setCall(edit, chain, { names: ['notNull'], text: 'notNull()' }))
}

/** Returns true if the values have a type in the code that does not follow from the type of the column. */
function isHandTyped(edit: CodeEdit, { chain }: DrizzleField): boolean {
  const config = chain.base.arguments.at(-1)
  const has = (name: string) => propertyOf(edit, config, name) !== undefined
  return has('mode') || has('enum') || chain.calls.some(({ name }) => name === '$type')
}

function alterType(edit: CodeEdit, find: FindField, after: CatalogColumn): void {
  const { builders } = find().table
  const type = importType(edit, toDrizzleType(edit, after), builders)
  const { table, field } = find()
  const { base, calls } = field.chain
  checkOrder(edit, table, ` ${type.builder}(`)
  const isSame =
    base.expression.getText(edit.file) ===
    (builders && !type.isEnum ? `${builders}.` : '') + type.builder
  if (!isSame && isHandTyped(edit, field) && field.builder !== 'bigint') {
    throw noEdit(
      `the values of ${table.variable}.${field.key} have a type of their own in the code`,
    )
  }
  const name = field.name
  const config = isSame ? mergeConfig(edit, field, type) : type.config
  const built = printBuilder(edit, { ...type, config, isArray: false }, { name, builders })
  const arrays = calls.filter((call) => call.name === 'array')
  const [array] = arrays
  const edits: TextEdit[] =
    isSame && printConfig(config) === configText(edit, field)
      ? []
      : [replaceNode(edit, base, built)]
  if (type.isArray && !array) edits.push(insertAt(base.end, '.array()'))
  if (!type.isArray) edits.push(...arrays.map(removeCall))
  edit.change(edits)
}

const typeKeys = ['length', 'precision', 'scale', 'withTimezone', 'fields', 'dimensions']

/** Keeps what the code says besides the type, such as `mode`. */
function mergeConfig(edit: CodeEdit, { chain }: DrizzleField, type: DrizzleType) {
  const { ts, file } = edit
  const given = chain.base.arguments.at(-1)
  const merged = new Map<string, string>()
  if (given && ts.isObjectLiteralExpression(given)) {
    for (const one of given.properties) {
      const key = readKey(edit, one.name)
      if (key === null || !ts.isPropertyAssignment(one)) {
        throw noEdit('the configuration of the column is written in an unknown way')
      }
      if (!typeKeys.includes(key)) merged.set(key, one.initializer.getText(file))
    }
  }
  for (const [key, value] of type.config) if (!merged.has(key)) merged.set(key, value)
  return merged
}

function configText({ ts, file }: CodeEdit, { chain }: DrizzleField): string {
  const given = chain.base.arguments.at(-1)
  return given && ts.isObjectLiteralExpression(given) ? given.getText(file) : ''
}
