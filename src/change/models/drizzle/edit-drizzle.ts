import type { ChangeStep } from '../../schema/apply-changes.ts'
import { noEdit, tableOf } from '../edit-step.ts'
import type { EditedModels } from '../model-code.ts'
import { type CodeEdit, editCode } from '../typescript/code-edit.ts'
import { alterDrizzleColumn } from './alter-drizzle-column.ts'
import { addDrizzleColumn, dropDrizzleColumn, renameDrizzleColumn } from './edit-drizzle-column.ts'
import {
  addDrizzleCheck,
  addDrizzleForeignKey,
  addDrizzleIndex,
  addDrizzleUnique,
  dropDrizzleKey,
} from './edit-drizzle-key.ts'
import { createDrizzleTable, dropDrizzleTable, renameDrizzleTable } from './edit-drizzle-table.ts'
import { columnOf, listTables } from './read-tables.ts'

/** Edits a file with tables of Drizzle. */
export async function editDrizzle(
  text: string | null,
  steps: readonly ChangeStep[],
): Promise<EditedModels> {
  return editCode(text, steps, (edit) => {
    const before = findDifferences(edit, edit.step.before)
    makeEdit(edit)
    const found = findDifferences(edit, edit.step.after).find((one) => !before.includes(one))
    if (found !== undefined) throw noEdit(found)
  })
}

/** A last look at the whole: tables of the code with other columns than the database has. */
function findDifferences(edit: CodeEdit, catalog: ChangeStep['before']): string[] {
  return listTables(edit).flatMap((table) => {
    const known = tableOf(catalog, table)?.columns
    const own = table.fields.map((field) => columnOf(field, known ?? []))
    const isSame = known?.length === own.length && known.every(({ name }) => own.includes(name))
    return isSame ? [] : [`the columns of ${table.variable} would not be those of its table`]
  })
}

function makeEdit(edit: CodeEdit): void {
  const { change } = edit.step
  switch (change.op) {
    case 'create_table':
      return createDrizzleTable(edit)
    case 'drop_table':
      return dropDrizzleTable(edit)
    case 'rename_table':
      return renameDrizzleTable(edit, change)
    case 'add_column':
      return addDrizzleColumn(edit, change)
    case 'alter_column':
      return alterDrizzleColumn(edit, change)
    case 'drop_column':
      return dropDrizzleColumn(edit, change)
    case 'rename_column':
      return renameDrizzleColumn(edit, change)
    case 'add_index':
      return addDrizzleIndex(edit)
    case 'add_unique':
      return addDrizzleUnique(edit)
    case 'add_foreign_key':
      return addDrizzleForeignKey(edit)
    case 'add_check':
      return addDrizzleCheck(edit, change)
    case 'drop_index':
    case 'drop_constraint':
      return dropDrizzleKey(edit, change)
  }
}
