import type { ChangeStep } from '../schema/apply-changes.ts'

/** A file of models after changes, and what a person has to do by hand. */
export interface EditedModels {
  readonly text: string | null
  readonly notes: readonly string[]
}

/**
 * Edits a file of models for changes, and leaves every other line as it is. What it cannot edit with certainty it leaves alone
 * and says in a note. The text is null where there is no file.
 */
export type ModelEditor = (
  text: string | null,
  steps: readonly ChangeStep[],
) => Promise<EditedModels>

/** Says that one change is not in the code, and why. */
export function refuseEdit({ change }: ChangeStep, reason: string): string {
  const { op, table, schema = 'public' } = change
  return `${op} of ${schema}.${table} is not in the code of the models: ${reason}`
}
