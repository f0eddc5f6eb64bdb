import type { Compilation } from './compilation.ts'
import { toConditions } from './conditions.ts'
import type { QueryPlan, RelatedRows } from '../plan.ts'
import { toRelatedOutput } from './related.ts'
import type { RowSource } from './rows.ts'
import { openScope, type Operand } from './scope.ts'
import { selectFields, toOutput, toSorting, toTieBreakers } from './selection.ts'
import type { PlannedModel } from '../world.ts'

/** Compiles a plan without groups: the rows of a model. */
export function toModelRows(
  model: PlannedModel,
  plan: QueryPlan,
  compilation: Compilation,
): RowSource {
  const scope = openScope(model, compilation)
  const operands = selectFields(scope, plan.select_fields, { path: 'select_fields', compilation })
  const related = plan.related?.map((one, index) => {
    return toRelatedOutput(one, scope, { path: `related.${index}`, compilation })
  })
  checkKeys(operands, plan.related ?? [], compilation)
  const where = toConditions(plan.filters, scope, { path: 'filters', compilation })
  const sorting = toSorting(plan.sorting, scope, { path: 'sorting', compilation })
  const ties = toTieBreakers(scope, plan.sorting.length > 0, compilation.world)
  const terms = [...sorting, ...ties.terms]
  return {
    outputs: [
      ...operands.map((operand) => toOutput(operand, compilation.world)),
      ...(related ?? []).flatMap((output) => output ?? []),
    ],
    where,
    terms: terms.filter(({ sql }, index) => terms.findIndex((term) => term.sql === sql) === index),
    isKeyed: ties.isKeyed,
    isUnstable: ties.isUnstable,
    subject: [model.app, model.name],
    from: scope.from,
  }
}

function checkKeys(
  operands: readonly Operand[],
  related: readonly RelatedRows[],
  compilation: Compilation,
): void {
  const taken = new Set(operands.map(({ key }) => key))
  related.forEach(({ as, relation }, index) => {
    const name = as ?? relation
    if (taken.has(name)) {
      const path = `related.${index}.${as === undefined ? 'relation' : 'as'}`
      compilation.fault(path, `The rows have "${name}" already: choose another name with \`as\``)
    }
    taken.add(name)
  })
}
