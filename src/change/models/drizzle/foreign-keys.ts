import type { CatalogForeignKey } from '../../../project/catalog/constraints.ts'
import { noEdit, type TablePlace } from '../edit-step.ts'
import { appendCall, removeCall } from '../typescript/chains.ts'
import type { CodeEdit } from '../typescript/code-edit.ts'
import { toLiteral, toAccess } from '../typescript/code-style.ts'
import { importName } from '../typescript/module-imports.ts'
import { addExtra, annotateExtras, ownName, readTableExtras } from './extras.ts'
import { type DrizzleKey, listKeys, usualForeignName } from './list-keys.ts'
import {
  type DrizzleCode,
  findCode,
  listTables,
  pgCore,
  requireCode,
  requireField,
} from './read-tables.ts'

/** Adds a foreign key: to its column where Drizzle would give it its name, and as an entry of the table otherwise. */
export function addForeignKey(
  edit: CodeEdit,
  owner: TablePlace,
  key: CatalogForeignKey & { readonly isEntry?: boolean },
): void {
  const { isEntry = false, name, columns, target, targetColumns, onDelete, onUpdate } = key
  const table = requireCode(edit, owner)
  const other = findCode(edit, target)
  if (!other) throw noEdit(`no one table of the file is ${target.schema}.${target.name}`)
  const isSelf = other.variable === table.variable
  const closes = !isSelf && dependsOn(edit, other, table)
  const usual = usualForeignName(table, columns, { ...target, columns: targetColumns })
  const fields = columns.map((column) => requireField(edit, table, column))
  const targets = targetColumns.map((column) => requireField(edit, other, column).key)
  const actions = [
    ...(onDelete === 'NO ACTION' ? [] : [['onDelete', onDelete.toLowerCase()] as const]),
    ...(onUpdate === 'NO ACTION' ? [] : [['onUpdate', onUpdate.toLowerCase()] as const]),
  ]
  const [first] = fields
  const [only = ''] = targets
  const hasOne = isEntry || (first?.chain.calls.some((call) => call.name === 'references') ?? true)
  if (columns.length === 1 && first && usual === name && !isSelf && !closes && !hasOne) {
    const parts = actions.map(([word, action]) => `${word}: ${toLiteral(edit, action)}`)
    const config = parts.length > 0 ? `, { ${parts.join(', ')} }` : ''
    const to = toAccess(edit, other.variable, only)
    edit.change([appendCall(edit, first.chain, `references(() => ${to}${config})`)])
    return
  }
  if (other.variable === ownName(edit, table) && !isSelf) {
    throw noEdit(`${table.variable} calls itself ${other.variable} there`)
  }
  const make = importName(edit, pgCore, { name: 'foreignKey' })
  const self = ownName(edit, requireCode(edit, owner))
  const list = (of: string, keys: readonly string[]) =>
    `[${keys.map((one) => toAccess(edit, of, one)).join(', ')}]`
  const own = list(
    self,
    fields.map((field) => field.key),
  )
  const foreign = list(isSelf ? self : other.variable, targets)
  const calls = actions.map(([word, action]) => `.${word}(${toLiteral(edit, action)})`).join('')
  const text = `${make}({ columns: ${own}, foreignColumns: ${foreign}, name: ${toLiteral(edit, name)} })${calls}`
  addExtra(edit, text, { name, owner })
  if (closes) annotateExtras(edit, owner)
}

/** Returns true if TypeScript infers the type of a table from that of another one. */
function dependsOn(edit: CodeEdit, from: DrizzleCode, to: DrizzleCode): boolean {
  const tables = listTables(edit)
  const seen = new Set<string>()
  const go = (table: DrizzleCode): boolean => {
    if (table.variable === to.variable) return true
    if (seen.has(table.variable)) return false
    seen.add(table.variable)
    return listKeys(edit, table).some(({ kind, target, at }) => {
      const extras = readTableExtras(edit, table)
      const isTyped = 'entry' in at && extras && extras !== 'unknown' && extras.arrow.type
      if (kind !== 'foreign' || !target || isTyped) return false
      const next = tables.find((one) => one.name === target.name && one.schema === target.schema)
      return next !== undefined && next.variable !== table.variable && go(next)
    })
  }
  return go(from)
}

/** Makes an entry of the table of a reference that stands at its column, because only an entry can have a name. */
export function moveReference(edit: CodeEdit, { table, usual, at }: DrizzleKey): void {
  const owner = edit.step.before.tables.find(
    (one) => one.name === table.name && one.schema === table.schema,
  )
  const found = owner?.foreignKeys.find(({ name }) => name === usual)
  if (!found || !('call' in at)) throw noEdit(`the foreign key ${usual} is unknown`)
  edit.change([removeCall(at.call)])
  addForeignKey(edit, table, { ...found, isEntry: true })
}
