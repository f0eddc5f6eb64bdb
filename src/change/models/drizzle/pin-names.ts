import { noEdit, type TablePlace } from '../edit-step.ts'
import { type CodeEdit, insertAt, replaceNode } from '../typescript/code-edit.ts'
import { toLiteral } from '../typescript/code-style.ts'
import { insertItem } from '../typescript/lists.ts'
import { moveReference } from './foreign-keys.ts'
import { type DrizzleKey, listKeys } from './list-keys.ts'
import { listTables } from './read-tables.ts'

/** Writes down the names that Drizzle would derive anew after a new name of a table or a column, where the database keeps them. */
export function pinDrizzleNames(edit: CodeEdit, place: TablePlace, column: string | null): void {
  const { tables, sequences } = edit.step.before
  const isAt = (one: TablePlace) => one.name === place.name && one.schema === place.schema
  const isRenamed = (one: TablePlace, columns: readonly string[]) =>
    isAt(one) && (column === null || columns.includes(column))
  const isKnown = ({ table, usual, kind }: DrizzleKey) => {
    const owner = tables.find((one) => one.name === table.name && one.schema === table.schema)
    const names =
      kind === 'identity'
        ? sequences.filter(({ ownedBy }) => ownedBy?.table === table.name)
        : [...(owner?.indexes ?? []), ...(owner?.foreignKeys ?? [])]
    return names.some(({ name }) => name === usual)
  }
  const isUnpinned = (key: DrizzleKey) =>
    key.name === null &&
    (isRenamed(key.table, key.columns) ||
      (key.target !== null && isRenamed(key.target, key.target.columns))) &&
    isKnown(key)
  for (;;) {
    const key = listTables(edit)
      .flatMap((table) => listKeys(edit, table))
      .find(isUnpinned)
    if (!key) return
    const { file } = edit
    pinName(edit, key)
    if (edit.file === file) throw noEdit('the name of a constraint cannot be written')
  }
}

function pinName(edit: CodeEdit, key: DrizzleKey): void {
  const { ts, file } = edit
  const name = toLiteral(edit, key.usual ?? '')
  if ('call' in key.at && key.kind === 'foreign') return moveReference(edit, key)
  const call = 'call' in key.at ? key.at.call.node : key.at.entry.chain?.base
  const [first] = call?.arguments ?? []
  if (call && !first) {
    const text = key.kind === 'identity' ? `{ name: ${name} }` : name
    return edit.change([insertAt(call.end - 1, text)])
  }
  if (first && ts.isObjectLiteralExpression(first) && key.kind !== 'unique') {
    const isLined = file.text.slice(first.getStart(file), first.end).includes('\n')
    const empty = first.properties.length === 0
    return edit.change(
      empty || isLined
        ? insertItem(edit, first, `name: ${name}`)
        : [insertAt(first.properties.at(-1)?.end ?? first.end, `, name: ${name}`)],
    )
  }
  if (first && ts.isIdentifier(first) && first.text === 'undefined') {
    return edit.change([replaceNode(edit, first, name)])
  }
}
