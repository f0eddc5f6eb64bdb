import { noEdit, placeOfChange, requireTable, tableOf } from '../edit-step.ts'
import type { CatalogTable } from '../../../project/catalog/catalog.ts'
import { setAttribute } from './line-edits.ts'
import { insertAttribute } from './layout.ts'
import {
  defaultName,
  fieldOf,
  listRelations,
  oppositeOf,
  type PrismaEdit,
  requirePrismaModel,
} from './open-edit.ts'
import { listPrismaKeys, nameOfKey } from './key-names.ts'
import type { PrismaModel } from './parse-schema.ts'

/** Adds the index or unique key that the table has after the change. */
export function addPrismaIndex(edit: PrismaEdit): void {
  const model = requirePrismaModel(edit)
  const before = requireTable(edit)
  const after = tableOf(edit.step.after, placeOfChange(edit.step))
  const index = after?.indexes.find(({ name }) => !before.indexes.some((one) => one.name === name))
  if (!index) throw noEdit('the new index is not known')
  const columns = index.keys.flatMap(({ column }) => column ?? [])
  const fields = columns.map((column) => fieldOf(edit, model, column))
  const unsupported = fields.find(({ type }) => type.startsWith('Unsupported'))
  if (unsupported)
    throw noEdit(`Prisma has no index over ${unsupported.name}, whose type it does not know`)
  const kind = index.isUnique ? 'unique' : 'index'
  const isTwice = listPrismaKeys(edit.schema, model).some(
    (key) => key.kind === kind && key.columns.join() === columns.join(),
  )
  if (isTwice) throw noEdit(`the model has an ${kind} over these fields`)
  const usual = defaultName(model.table, columns, index.isUnique ? 'key' : 'idx')
  const map = usual === index.name ? '' : `, map: ${JSON.stringify(index.name)}`
  insertAttribute(edit, model, `@@${kind}([${fields.map(({ name }) => name).join(', ')}]${map})`)
}

/** Removes indexes and keys by their names in the database. */
function dropPrismaIndexes(
  { schema, edits }: PrismaEdit,
  model: PrismaModel,
  names: readonly string[],
): void {
  for (const key of listPrismaKeys(schema, model)) {
    if (key.kind === 'relation' || key.kind === 'id' || !names.includes(nameOfKey(model, key)))
      continue
    if (key.isBlock) edits.remove(key.line)
    else edits.replace(key.line, setAttribute(edits.line(key.line), '@unique', null))
  }
}

/** Removes foreign keys by their names, with the fields of both sides. */
export function dropPrismaRelations(
  { schema, edits }: PrismaEdit,
  model: PrismaModel,
  names: readonly string[],
): void {
  const keys = listPrismaKeys(schema, model).filter((key) => key.kind === 'relation')
  for (const relation of listRelations(schema, model)) {
    const key = keys.find(({ line }) => line === relation.field.line)
    if (!key || !names.includes(nameOfKey(model, key))) continue
    const other = oppositeOf(schema, relation)
    edits.remove(relation.field.line)
    if (other) edits.remove(other.line)
  }
}

/** Removes what a table has before a change and not after it. */
export function dropLost(edit: PrismaEdit, model: PrismaModel, after: CatalogTable): void {
  const before = requireTable(edit)
  const lost = (
    from: readonly { readonly name: string }[],
    to: readonly { readonly name: string }[],
  ) => from.map(({ name }) => name).filter((name) => !to.some((one) => one.name === name))
  dropPrismaIndexes(edit, model, lost(before.indexes, after.indexes))
  dropPrismaRelations(edit, model, lost(before.foreignKeys, after.foreignKeys))
}

/** Removes an index or a constraint that a change drops. */
export function dropPrismaKey(edit: PrismaEdit): void {
  const before = requireTable(edit)
  const after = tableOf(edit.step.after, placeOfChange(edit.step))
  const { change } = edit.step
  if (!after || !('name' in change)) throw noEdit('the table is unknown')
  if (before.checks.some(({ name }) => name === change.name)) return
  const model = requirePrismaModel(edit)
  const isKnown = listPrismaKeys(edit.schema, model).some(
    (key) => nameOfKey(model, key) === change.name,
  )
  if (!isKnown) throw noEdit(`the model ${model.name} has nothing with the name ${change.name}`)
  dropLost(edit, model, after)
}
