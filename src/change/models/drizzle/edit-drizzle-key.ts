import { noEdit, placeOfChange, requireTable, tableOf } from '../edit-step.ts'
import type { ChangeOf } from '../../schema/model-change.ts'
import { appendCall, removeCall } from '../typescript/chains.ts'
import type { CodeEdit } from '../typescript/code-edit.ts'
import { quoteTemplate, toLiteral, toAccess } from '../typescript/code-style.ts'
import { importName } from '../typescript/module-imports.ts'
import { removeItem } from '../typescript/lists.ts'
import { sqlOf } from './edit-drizzle-column.ts'
import { addExtra, ownName, requireExtras } from './extras.ts'
import { addForeignKey } from './foreign-keys.ts'
import { listKeys, nameOfDrizzleKey } from './list-keys.ts'
import { pgCore, requireCode, requireField } from './read-tables.ts'

/** Returns what the table has in a list after the change and not before it. */
function findNew<T extends { readonly name: string }>(
  before: readonly T[],
  after: readonly T[],
): T {
  const found = after.find(({ name }) => !before.some((one) => one.name === name))
  if (!found) throw noEdit('what the change adds is not known')
  return found
}

function sidesOf(edit: CodeEdit) {
  const before = requireTable(edit)
  const after = tableOf(edit.step.after, placeOfChange(edit.step))
  if (!after) throw noEdit('the table is unknown')
  return { before, after }
}

/** Adds an index over columns. */
export function addDrizzleIndex(edit: CodeEdit): void {
  const { before, after } = sidesOf(edit)
  const index = findNew(before.indexes, after.indexes)
  const columns = index.keys.flatMap(({ column }) => column ?? [])
  addOver(edit, { columns, name: index.name, maker: index.isUnique ? 'uniqueIndex' : 'index' })
}

/** Adds a unique constraint: to its column where it is one, and as an entry of the table otherwise. */
export function addDrizzleUnique(edit: CodeEdit): void {
  const { before, after } = sidesOf(edit)
  const { name, columns } = findNew(before.keys, after.keys)
  const [only, other] = columns
  const field = requireField(edit, requireCode(edit), only ?? '')
  const isTwice = field.chain.calls.some((call) => call.name === 'unique')
  if (other === undefined && !isTwice) {
    edit.change([appendCall(edit, field.chain, `unique(${toLiteral(edit, name)})`)])
  } else addOver(edit, { columns, name, maker: 'unique' })
}

function addOver(
  edit: CodeEdit,
  {
    columns,
    name,
    maker,
  }: { readonly columns: readonly string[]; readonly name: string; readonly maker: string },
): void {
  const owner = placeOfChange(edit.step)
  const keys = columns.map((column) => requireField(edit, requireCode(edit), column).key)
  requireExtras(edit, requireCode(edit))
  const make = importName(edit, pgCore, { name: maker })
  const own = ownName(edit, requireCode(edit))
  const over = keys.map((key) => toAccess(edit, own, key)).join(', ')
  addExtra(edit, `${make}(${toLiteral(edit, name)}).on(${over})`, { name, owner })
}

/** Adds a check as the text that PostgreSQL prints. */
export function addDrizzleCheck(edit: CodeEdit, { name }: ChangeOf<'add_check'>): void {
  const { after } = sidesOf(edit)
  const { definition } = after.checks.find((one) => one.name === name) ?? { definition: '' }
  const text = /^CHECK \(\((.*)\)\)$/s.exec(definition)?.[1]
  if (text === undefined) throw noEdit('the text of the check is not known')
  requireExtras(edit, requireCode(edit))
  const sql = sqlOf(edit)()
  const make = importName(edit, pgCore, { name: 'check' })
  const owner = placeOfChange(edit.step)
  addExtra(edit, `${make}(${toLiteral(edit, name)}, ${sql}${quoteTemplate(text)})`, { name, owner })
}

/** Adds the foreign key that the table has after the change. */
export function addDrizzleForeignKey(edit: CodeEdit): void {
  const { before, after } = sidesOf(edit)
  addForeignKey(edit, placeOfChange(edit.step), findNew(before.foreignKeys, after.foreignKeys))
}

/** Removes an index or a constraint by its name in the database. */
export function dropDrizzleKey(
  edit: CodeEdit,
  { name, op }: ChangeOf<'drop_index' | 'drop_constraint'>,
): void {
  const table = requireCode(edit)
  const [key, other] = listKeys(edit, table).filter(
    (one) =>
      nameOfDrizzleKey(one) === name &&
      one.kind !== 'identity' &&
      (op === 'drop_index') === (one.kind === 'index'),
  )
  if (!key || other) throw noEdit(`${table.variable} has no one thing with the name ${name}`)
  if ('call' in key.at) return edit.change([removeCall(key.at.call)])
  const extras = requireExtras(edit, table)
  if (extras) edit.change([removeItem(edit, extras.list, key.at.entry.item)])
}
