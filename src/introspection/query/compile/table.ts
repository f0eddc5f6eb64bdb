import { quoteIdentifier } from '../../../lib/sql.ts'
import type { Field } from '../../../project/model.ts'
import type { Edge } from '../edges.ts'
import type { PlannedModel } from '../world.ts'
import { type Compilation, toPrefix } from './compilation.ts'

/** A table of a statement, read by a SELECT of its own, so that unqualified names mean its columns and nothing else. */
export interface Table {
  readonly model: PlannedModel
  readonly alias: string
  /** Returns the name of a column outside of that SELECT. */
  column(field: Field): string
  /** Writes the SELECT and its alias. Call it last: it selects the columns that were asked for. */
  toSql(): string
}

/** Adds a table to a statement. Without `naming`, its columns get names that no other table has. */
export function createTable(
  model: PlannedModel,
  { nextTable, prefix }: Compilation,
  naming?: (field: Field) => string,
): Table {
  const number = nextTable()
  const names = new Map<string, string>()
  const alias = (suffix: string) => quoteIdentifier(`${prefix}t${number}${suffix}`)
  return {
    model,
    alias: alias(''),
    column(field) {
      const name = names.get(field.column) ?? naming?.(field) ?? alias(`.${names.size}`)
      names.set(field.column, name)
      return name
    },
    toSql() {
      const columns = [...names].map(([column, name]) => {
        const own = quoteIdentifier(column)
        return own === name ? own : `${own} as ${name}`
      })
      return `(select ${columns.join(', ')} from ${tableOf(model)} as "${toPrefix(model)}") as ${alias('')}`
    },
  }
}

/**
 * Writes the join of a to-one relation. Where nothing guarantees that there is only one related row, the join takes the first
 * one, because a second one would double the row of the model.
 */
export function toJoin(table: Table, next: Table, { columns, isProven }: Edge): () => string {
  const conditions = columns
    .map(([own, other]) => `${next.column(other)} = ${table.column(own)}`)
    .join(' and ')
  if (isProven) return () => `left join ${next.toSql()} on ${conditions}`
  const keys = next.model.fields.filter(({ primaryKey }) => primaryKey)
  const order = keys.length > 0 ? ` order by ${keys.map(next.column).join(', ')}` : ''
  return () =>
    `left join lateral (select * from ${next.toSql()} where ${conditions}${order} limit 1) as ${next.alias} on true`
}

function tableOf({ schema, table }: PlannedModel): string {
  return schema === null
    ? quoteIdentifier(table)
    : `${quoteIdentifier(schema)}.${quoteIdentifier(table)}`
}
