import { badRequest, StudioError } from '../../errors.ts'
import { errorCode } from '../../lib/failures/error-code.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import type { Statement } from '../../project/database.ts'
import { describeFailure } from '../../project/failure.ts'
import { toStatement } from './compile/statement.ts'
import type { QueryPlan } from './plan.ts'
import { listProbes } from './probes.ts'
import { findPathField } from './compile/paths.ts'
import type { PlannedModel, QueryWorld } from './world.ts'

/** SQLSTATE classes that mean a fault of the plan, usually a value that does not fit its column. */
const planFaults = /^(22|42)...$/

const permissionDenied = '42501'

/** States by which the database and a declared model disagree: no such table, no such column. */
const modelFaults: Readonly<Record<string, string>> = {
  '42P01': 'its table does not exist in the database',
  '42703': 'its table lacks a column that it declares',
}

/** What a refused statement was compiled from. */
interface Refused {
  readonly world: QueryWorld
  readonly model: PlannedModel
  readonly plan: QueryPlan
}

/** A materialized view without data cannot be read. */
const notPopulated = '55000'

/**
 * Turns the server's refusal of a statement into the error for the client: `forbidden` where the role lacks a privilege,
 * `bad_request` that names every part of the plan at fault, `unavailable` where a view fails by itself. Any other error is
 * returned as it is.
 *
 * @param run Runs a statement that reads no row.
 */
export async function explainRefusal(
  error: unknown,
  refused: Refused,
  run: (statement: Statement) => Promise<unknown>,
): Promise<unknown> {
  const { model, world } = refused
  const code = errorCode(error)
  if (code === permissionDenied) {
    const message = `The role of the database may not read the model "${model.name}"`
    const related = joinsOthers(refused.plan) ? ', or one that the plan relates to it' : ''
    return new StudioError('forbidden', message + related, { cause: error })
  }
  const kind = world.relationOf(model)?.kind
  if (code === notPopulated && kind === 'materialized') {
    const message = `The materialized view of the model "${model.name}" has no data yet`
    return new StudioError('unavailable', message, { cause: error })
  }
  if (!planFaults.test(code)) return error
  const faults = await findFaults(refused, run)
  if (faults.length > 0) {
    const list = faults.map(({ message }) => message).join('; ')
    return badRequest(`Invalid query plan: ${list}`, faults)
  }
  const reason = modelFaults[code]
  if (reason)
    return badRequest(`Invalid query plan: the model "${model.name}" cannot be read: ${reason}`)
  if (kind === 'view' && code.startsWith('22')) {
    const message = `The view of the model "${model.name}" fails on its own data`
    return new StudioError('unavailable', message, { cause: error })
  }
  return badRequest(`Invalid query plan: ${describeFailure(error) ?? 'the server refused it'}`)
}

function joinsOthers(plan: QueryPlan): boolean {
  const { filters, sorting, select_fields, group_by, aggregates, related } = plan
  const names = JSON.stringify([filters, sorting, select_fields, group_by, aggregates])
  return (related ?? []).length > 0 || /\.|"relation"/.test(names)
}

/** Asks the server about each part of a plan alone. */
async function findFaults(
  { world, model, plan }: Refused,
  run: (statement: Statement) => Promise<unknown>,
): Promise<SchemaFault[]> {
  const faults: SchemaFault[] = []
  for (const { path, field, refused, plan: part } of listProbes(plan)) {
    const { text, values } = toStatement(model, part, world).statement
    try {
      await run({ text: `explain ${text}`, values })
    } catch (error) {
      const code = errorCode(error)
      if (!planFaults.test(code) || code in modelFaults) return faults
      const reason = code.startsWith('22') ? 'a value does not fit its field' : refused
      const type = findPathField(model, field, world)?.type
      faults.push({ path, message: `${reason}: "${field}"${type ? ` (${type})` : ''}` })
    }
  }
  return faults
}
