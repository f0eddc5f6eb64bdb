import { badRequest, StudioError } from '../../errors.ts'
import { errorCode } from '../../lib/failures/error-code.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Statement } from '../../project/database.ts'
import { describeFailure } from '../../project/failure.ts'
import { type PlannedModel, type QueryRequest, toProbe } from './plan.ts'

/** SQLSTATE classes that mean a fault of the plan, usually a value that does not fit its column. */
const planFaults = /^(22|42)...$/

const permissionDenied = '42501'

/** States by which the database and a declared model disagree: no such table, no such column. */
const modelFaults: Readonly<Record<string, string>> = {
  '42P01': 'its table does not exist in the database',
  '42703': 'its table lacks a column that it declares',
}

/**
 * Turns the server's refusal of a statement into the error for the client: `forbidden` where the role lacks a privilege,
 * `bad_request` that names every filter and sorting field at fault. Any other error is returned as it is.
 *
 * @param run Runs a statement that reads no row.
 */
export async function explainRefusal(
  error: unknown,
  { model, plan }: { readonly model: PlannedModel; readonly plan: QueryRequest },
  run: (statement: Statement) => Promise<unknown>,
): Promise<unknown> {
  const code = errorCode(error)
  if (code === permissionDenied) {
    const message = `The role of the database may not read the model "${model.name}"`
    return new StudioError('forbidden', message, { cause: error })
  }
  if (!planFaults.test(code)) return error
  const faults = await findFaults(model, plan, run)
  if (faults.length > 0) {
    const list = faults.map(({ message }) => message).join('; ')
    return badRequest(`Invalid query plan: ${list}`, faults)
  }
  const reason = modelFaults[code]
  if (reason)
    return badRequest(`Invalid query plan: the model "${model.name}" cannot be read: ${reason}`)
  return badRequest(`Invalid query plan: ${describeFailure(error) ?? 'the server refused it'}`)
}

/** Asks the server about each filter and each sorting field alone. */
async function findFaults(
  model: PlannedModel,
  { filters, sorting }: QueryRequest,
  run: (statement: Statement) => Promise<unknown>,
): Promise<SchemaFault[]> {
  const parts = [
    ...filters.map((filter, index) => ({
      path: `filters.${index}.value`,
      field: filter.field,
      refused: `the lookup ${filter.lookup} is not possible`,
      statement: toProbe(model, { filters: [filter] }),
    })),
    ...sorting.map((sort, index) => ({
      path: `sorting.${index}.field`,
      field: sort.field,
      refused: 'sorting is not possible',
      statement: toProbe(model, { sorting: [sort] }),
    })),
  ]
  const faults: SchemaFault[] = []
  for (const { path, field, refused, statement } of parts) {
    try {
      await run(statement)
    } catch (error) {
      const code = errorCode(error)
      if (!planFaults.test(code) || code in modelFaults) return faults
      const reason = code.startsWith('22') ? 'a value does not fit its field' : refused
      const type = model.fields.find(({ name, column }) => name === field || column === field)?.type
      faults.push({ path, message: `${reason}: "${field}" (${type})` })
    }
  }
  return faults
}
