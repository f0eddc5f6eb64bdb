import { noEdit, reasonOf } from '../edit-step.ts'
import type { ChangeStep } from '../../schema/apply-changes.ts'
import { type EditedModels, refuseEdit } from '../model-code.ts'
import {
  addPrismaColumn,
  alterPrismaColumn,
  dropPrismaColumn,
  renamePrismaColumn,
} from './edit-prisma-column.ts'
import { addPrismaIndex, dropPrismaKey } from './edit-prisma-key.ts'
import { addPrismaRelation } from './edit-prisma-relation.ts'
import { createPrismaModel, dropPrismaModel, renamePrismaModel } from './edit-prisma-table.ts'
import { findPrismaFaults } from './find-prisma-faults.ts'
import { createLineEdits } from './line-edits.ts'
import { type PrismaEdit } from './open-edit.ts'
import { parsePrisma, type PrismaSchema } from './parse-schema.ts'

/** Edits a schema of Prisma, line by line. */
export async function editPrisma(
  text: string | null,
  steps: readonly ChangeStep[],
): Promise<EditedModels> {
  const notes: string[] = []
  let current = text
  for (const step of steps) {
    const edited = editOne(current, step)
    if (typeof edited === 'string') notes.push(refuseEdit(step, edited))
    else {
      current = edited.text
      notes.push(...edited.notes)
    }
  }
  return { text: current, notes }
}

function editOne(text: string | null, step: ChangeStep): EditedModels | string {
  if (text === null) return 'the file does not exist'
  const schema = parsePrisma(text)
  if (typeof schema === 'string') return schema
  const edit: PrismaEdit = { schema, step, edits: createLineEdits(schema.lines), notes: [] }
  try {
    makeEdit(edit)
  } catch (error) {
    const reason = reasonOf(error)
    if (reason !== null) return reason
    throw error
  }
  const edited = edit.edits.toText()
  const fault = findNewFault(schema, edited)
  return fault ?? { text: edited, notes: edit.notes }
}

/** A last look at the whole file: what Prisma would refuse after an edit, and did not before. */
function findNewFault(before: PrismaSchema, text: string): string | null {
  const after = parsePrisma(text)
  if (typeof after === 'string') return after
  const known = new Set(findPrismaFaults(before))
  return findPrismaFaults(after).find((fault) => !known.has(fault)) ?? null
}

function makeEdit(edit: PrismaEdit): void {
  const { change } = edit.step
  switch (change.op) {
    case 'create_table':
      return createPrismaModel(edit)
    case 'drop_table':
      return dropPrismaModel(edit)
    case 'rename_table':
      return renamePrismaModel(edit, change)
    case 'add_column':
      return addPrismaColumn(edit, change)
    case 'alter_column':
      return alterPrismaColumn(edit, change)
    case 'drop_column':
      return dropPrismaColumn(edit, change)
    case 'rename_column':
      return renamePrismaColumn(edit, change)
    case 'add_index':
    case 'add_unique':
      return addPrismaIndex(edit)
    case 'add_foreign_key':
      return addPrismaRelation(edit)
    case 'drop_index':
    case 'drop_constraint':
      return dropPrismaKey(edit)
    case 'add_check':
      throw noEdit('Prisma has no checks')
  }
}
