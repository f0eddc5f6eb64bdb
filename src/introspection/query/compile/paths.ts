import type { Field } from '../../../project/model.ts'
import { type Edge, listEdges } from '../edges.ts'
import { findField, type PlannedModel, type QueryWorld } from '../world.ts'
import type { Compilation } from './compilation.ts'
import { createTable, type Table, toJoin } from './table.ts'

/** Where a path through relations led to. */
export interface Walk {
  readonly table: Table
  /** The field at its end; undefined where it stopped before. */
  readonly field: Field | undefined
  /** What the path still holds. */
  readonly rest: string
  /** The to-one relations so far as the plan names them, each with a dot behind it. */
  readonly key: string
  /** The relation at which the walk stopped. */
  readonly edge: Edge | null
}

/** Follows paths from a table, and joins the tables of the to-one relations on the way. */
interface Walker {
  /** Stops at a to-many relation or, with `toRelation`, at the last relation. */
  walk(asked: string, place: { readonly path: string; readonly toRelation: boolean }): Walk
  /** Writes the joins so far. */
  joins(): string
}

/** Starts at the main table of a level. */
export function createWalker(main: Table, compilation: Compilation): Walker {
  const joins: (() => string)[] = []
  const joined = new Map<string, Table>()
  const follow = (table: Table, edge: Edge, [route, path]: readonly [string, string]): Table => {
    const known = joined.get(route)
    if (known) return known
    compilation.join(1, path)
    const next = createTable(edge.target, compilation)
    joins.push(toJoin(table, next, edge))
    joined.set(route, next)
    return next
  }
  return {
    walk(asked, { path, toRelation }) {
      let table = main
      let [rest, key, route] = [asked, '', '']
      for (;;) {
        const field = toRelation ? undefined : findField(table.model, rest)
        const step = field ? undefined : findEdge(table.model, rest, compilation.world)
        if (!step) return { table, field, rest, key, edge: null }
        const { edge } = step
        rest = step.rest
        if (edge.isMany || rest === '') return { table, field, rest, key, edge }
        key += `${step.name}.`
        route += `${edge.name}\0`
        table = follow(table, edge, [route, path])
      }
    },
    joins: () => joins.map((join) => ` ${join()}`).join(''),
  }
}

/**
 * Finds the relation at the beginning of a path. A name may contain dots itself, so the longest one wins. Of two relations,
 * the one that has the name only in its model's declaration loses.
 */
function findEdge(
  model: PlannedModel,
  path: string,
  world: QueryWorld,
): { readonly edge: Edge; readonly name: string; readonly rest: string } | undefined {
  const edges = listEdges(model, world)
  const named = [
    ...edges.map((edge) => ({ edge, name: edge.name })),
    ...edges.map((edge) => ({ edge, name: edge.declaredName })),
  ].filter(({ name }) => path === name || path.startsWith(`${name}.`))
  const [found] = named.sort((a, b) => b.name.length - a.name.length)
  return found && { ...found, rest: path.slice(found.name.length + 1) }
}

/** Finds the field at the end of a path through relations of any kind. */
export function findPathField(
  model: PlannedModel,
  path: string,
  world: QueryWorld,
): Field | undefined {
  const field = findField(model, path)
  const step = field ? undefined : findEdge(model, path, world)
  return step ? findPathField(step.edge.target, step.rest, world) : field
}

/** Adds the fault of a path that leads to no field. */
export function explainUnknown(
  { table, rest, edge: last }: Walk,
  about: { readonly asked: string; readonly path: string; readonly compilation: Compilation },
): null {
  const { asked, path, compilation } = about
  const edges = listEdges(table.model, compilation.world)
  const edge = last ?? edges.find(({ name }) => name === rest)
  if (edge) {
    const example = edge.target.fields[0]?.name ?? 'id'
    return compilation.fault(
      path,
      `"${asked}" is a relation: name a field of it, such as "${asked}.${example}"`,
    )
  }
  if (!rest.includes('.')) return compilation.unknownField(path, rest, table.model)
  const names = edges.map(({ name }) => name).join(', ')
  const [first] = rest.split('.')
  const message = `Model "${table.model.name}" has no field "${rest}" and no relation "${first}"`
  return compilation.fault(path, `${message}. Relations: ${names || 'none'}`)
}
