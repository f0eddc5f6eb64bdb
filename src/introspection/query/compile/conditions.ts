import type { Compilation } from './compilation.ts'
import { findLookup } from './filter.ts'
import type { FieldFilter, Filter } from '../plan.ts'
import { type ManyStep, openRelated } from './scope.ts'

/** How deep conditions may contain conditions, and how many a plan may have. */
const most = { depth: 8, conditions: 200 }

/** A value that a condition can test, as SQL. */
interface Testable {
  readonly sql: string
}

/** What the fields of conditions mean: those of a model, or those of a group. */
interface Names {
  /** Finds a field; an unknown one is a fault at `path`. */
  find(asked: string, path: string): Testable | ManyStep | null
  /** Finds a relation. Groups have none. */
  findRelation?(asked: string, path: string): ManyStep | null
}

/** Writes the conditions of a plan, which all have to be met. Null after a fault, and without conditions. */
export function toConditions(
  filters: readonly Filter[],
  names: Names,
  { path, compilation }: { readonly path: string; readonly compilation: Compilation },
): string | null {
  const writer = createWriter(compilation)
  const conditions = filters.map((filter, index) => writer(filter, names, [`${path}.${index}`, 1]))
  return conditions.length === 0 || conditions.includes(null) ? null : conditions.join(' and ')
}

type Place = readonly [path: string, depth: number]
type Writer = (filter: Filter, names: Names, place: Place) => string | null

const counts = new WeakMap<Compilation, number>()

function createWriter(compilation: Compilation): Writer {
  const write: Writer = (filter, names, [path, depth]) => {
    const count = (counts.get(compilation) ?? 0) + 1
    counts.set(compilation, count)
    if (count === most.conditions + 1) {
      compilation.fault(path, `The plan has more than ${most.conditions} conditions`)
    }
    if (count > most.conditions) return null
    if (depth > most.depth) {
      return compilation.fault(path, `Conditions contain conditions more than ${most.depth} deep`)
    }
    const all = (list: readonly Filter[], key: string, within: Names = names) => {
      const parts = list.map((one, i) => write(one, within, [`${path}.${key}.${i}`, depth + 1]))
      return parts.includes(null) ? null : (parts as string[])
    }
    const group = (parts: readonly string[] | null, operator: string) =>
      parts && `(${parts.join(operator)})`
    if ('or' in filter) return group(all(filter.or, 'or'), ' or ')
    if ('and' in filter) return group(all(filter.and, 'and'), ' and ')
    if ('not' in filter) {
      const inner = write(filter.not, names, [`${path}.not`, depth + 1])
      return inner && `not (${inner})`
    }
    if ('relation' in filter) {
      const step = names.findRelation
        ? names.findRelation(filter.relation, `${path}.relation`)
        : compilation.fault(`${path}.relation`, 'Conditions on groups do not follow relations')
      return (
        step && toExists(step, compilation, (related) => all(filter.filters, 'filters', related))
      )
    }
    return writeField(filter, names, { path, compilation })
  }
  return write
}

function writeField(
  filter: FieldFilter,
  names: Names,
  { path, compilation }: { readonly path: string; readonly compilation: Compilation },
): string | null {
  const values = {
    parameter: compilation.parameter,
    fault: (part: string, message: string) => compilation.fault(`${path}.${part}`, message),
  }
  const lookup = findLookup(filter, values)
  const found = names.find(filter.field, `${path}.field`)
  if (!found) return null
  if ('edge' in found) {
    const rest = { ...filter, field: found.rest }
    return toExists(found, compilation, (related) => {
      const condition = writeField(rest, related, { path, compilation })
      return condition === null ? null : [condition]
    })
  }
  return lookup && lookup(found.sql, filter, values)
}

/** Writes that at least one related row meets all conditions. */
function toExists(
  step: ManyStep,
  compilation: Compilation,
  conditionsOf: (related: Names) => readonly string[] | null,
): string | null {
  const related = openRelated(step, compilation)
  const conditions = conditionsOf(related)
  if (!conditions) return null
  const where = [...related.correlation, ...conditions].join(' and ')
  return `exists (select 1 from ${related.from()} where ${where})`
}
