import { quoteIdentifier } from '../../../lib/sql.ts'
import type { Field } from '../../../project/model.ts'
import { type Edge, listEdges } from '../edges.ts'
import type { PlannedModel } from '../world.ts'
import type { Compilation } from './compilation.ts'
import { createWalker, explainUnknown, type Walk } from './paths.ts'
import { createTable, type Table } from './table.ts'

/** A field of a plan as SQL. */
export interface Operand {
  readonly sql: string
  readonly field: Field
  readonly model: PlannedModel
  /** Its key in the rows: the relations that lead to it, and its name. */
  readonly key: string
  readonly isNullable: boolean
}

/** To-many relations that stand in a path, the table from which they start, and what follows. */
export interface ManyStep {
  readonly edge: Edge
  /** The columns of the table in front of the relation that its rows have to equal. */
  readonly columns: readonly string[]
  readonly rest: string
}

/** One level of a statement: a table, and those that are joined to it through to-one relations. */
export interface PlanScope {
  readonly model: PlannedModel
  /** Returns a field of the model itself. */
  own(field: Field): Operand
  /** Finds a field by its name or by a path through relations; stops at a to-many relation. Unknown ones are faults. */
  find(asked: string, path: string): Operand | ManyStep | null
  /** Finds the last relation of a path; those before it must be to-one. */
  findRelation(asked: string, path: string): ManyStep | null
  /** Writes what stands behind FROM. Call it last: joins appear when fields are asked for. */
  from(): string
  /** What rows must equal to be related to the row of the surrounding statement. */
  readonly correlation: readonly string[]
}

/** Opens the outermost level of a statement. The columns of its model keep their names. */
export function openScope(model: PlannedModel, compilation: Compilation): PlanScope {
  const table = createTable(model, compilation, ({ column }) => quoteIdentifier(column))
  return toScope(table, { compilation, tables: [], correlation: [] })
}

/** Opens the level of the rows that are related to a row of another level. */
export function openRelated({ edge, columns }: ManyStep, compilation: Compilation): PlanScope {
  const { target, through } = edge
  const table = createTable(target, compilation)
  if (!through) {
    const correlation = edge.columns.map(([, other], i) => `${table.column(other)} = ${columns[i]}`)
    return toScope(table, { compilation, tables: [], correlation })
  }
  const junction = createTable(through.model, compilation)
  const correlation = [
    ...edge.columns.map(([, other], index) => `${junction.column(other)} = ${columns[index]}`),
    ...through.columns.map(([own, other]) => `${table.column(other)} = ${junction.column(own)}`),
  ]
  return toScope(table, { compilation, tables: [junction], correlation })
}

interface ScopeParts {
  readonly compilation: Compilation
  /** Tables besides the main one. */
  readonly tables: readonly Table[]
  readonly correlation: readonly string[]
}

function toScope(main: Table, { compilation, tables, correlation }: ScopeParts): PlanScope {
  const walker = createWalker(main, compilation)
  const toStep = ({ table, rest }: Walk, edge: Edge, path: string): ManyStep => {
    compilation.join(edge.through ? 2 : 1, path)
    return { edge, rest, columns: edge.columns.map(([own]) => table.column(own)) }
  }
  const toOperand = (table: Table, field: Field, key: string): Operand => ({
    sql: table.column(field),
    field,
    model: table.model,
    key: key + field.name,
    isNullable: isNullable(table.model, field, compilation) || table !== main,
  })
  return {
    model: main.model,
    correlation,
    own: (field) => toOperand(main, field, ''),
    find(asked, path) {
      const found = walker.walk(asked, { path, toRelation: false })
      const { table, field, rest, edge, key } = found
      if (field) return toOperand(table, field, key)
      if (edge?.isMany && rest !== '') return toStep(found, edge, path)
      return explainUnknown(found, { asked, path, compilation })
    },
    findRelation(asked, path) {
      const found = walker.walk(asked, { path, toRelation: true })
      if (found.edge && found.rest === '') return toStep(found, found.edge, path)
      const names = listEdges(found.table.model, compilation.world).map(({ name }) => name)
      const message = `Model "${found.table.model.name}" has no relation "${asked}"`
      return compilation.fault(path, `${message}. Relations: ${names.join(', ') || 'none'}`)
    },
    from: () =>
      [main, ...tables].map((table) => table.toSql()).join(' cross join ') + walker.joins(),
  }
}

/** The database knows best; the columns of a view may always be null. */
function isNullable(model: PlannedModel, field: Field, { world }: Compilation): boolean {
  const column = world.columnOf(model, field)
  return column ? !column.notNull : field.nullable
}
