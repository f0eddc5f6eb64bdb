import { quoteIdentifier } from '../../../lib/sql.ts'
import type { Statement } from '../../../project/database.ts'
import { truncationMarker } from '../cells.ts'
import { createCompilation } from './compilation.ts'
import { isGrouped, toGroupedRows } from './grouped-rows.ts'
import { toKeysetCondition, toOrderSql } from './keyset.ts'
import { toModelRows } from './model-rows.ts'
import type { QueryPlan } from '../plan.ts'
import type { Output } from './rows.ts'
import type { PlannedModel, QueryWorld } from '../world.ts'

/** Longest value of one cell as JSON, in characters. Longer ones are truncated. */
const maxCellCharacters = 16_384

/** A plan as one SELECT. */
export interface CompiledPlan {
  /** What the first columns of the SELECT hold, in order. Behind them are the texts of the values that it sorts by. */
  readonly outputs: readonly Output[]
  readonly statement: Statement
  /** True when two rows may change places between pages, because nothing that identifies a row decides the order. */
  readonly isUnstable: boolean
  /** What cursors of this plan contain besides values; null if nothing identifies a row. */
  readonly signature: readonly string[] | null
}

/**
 * Compiles a plan to one parameterised SELECT (docs/decisions/082-one-statement-and-no-parser.md). Identifiers come from the
 * model, never from the plan. The statement reads one row more than the limit, to detect whether more follow. The primary key
 * or another unique field breaks ties, so that pages do not overlap. Each value is one JSON text.
 *
 * @throws StudioError `bad_request` that names every field, lookup and value that does not fit the model.
 */
export function toStatement(model: PlannedModel, plan: QueryPlan, world: QueryWorld): CompiledPlan {
  const compilation = createCompilation(model, world)
  if (plan.having?.length && !isGrouped(plan)) {
    compilation.fault('having', 'Only groups can be filtered by `having`: use `filters`')
  }
  const source = (isGrouped(plan) ? toGroupedRows : toModelRows)(model, plan, compilation)
  const { outputs, terms, isUnstable } = source
  const isKeyed = source.isKeyed && terms.length > 0
  const order = terms.map(
    ({ name, isDescending, nullsFirst }) => `${name} ${isDescending} ${nullsFirst}`,
  )
  const signature = [...source.subject, ...order]
  const { pagination } = plan
  const keyset = toKeysetCondition({ terms, signature, isKeyed, pagination }, compilation)
  compilation.check()

  const name = (index: number) => quoteIdentifier(`${compilation.prefix}${index}`)
  const keys = isKeyed ? terms.map(({ sql }) => `${sql}::text`) : []
  const columns = [...outputs.map(({ sql }) => sql), ...keys]
  const selected = columns.map((sql, index) => `${sql} as ${name(index)}`)
  const where = [source.where, keyset].flatMap((condition) => condition ?? [])
  const clauses = [
    `select ${selected.join(', ')} from ${source.from()}`,
    where.length > 0 ? `where ${where.join(' and ')}` : '',
    terms.length > 0 ? `order by ${terms.map(toOrderSql).join(', ')}` : '',
    `limit ${pagination.limit + 1} offset ${pagination.offset}`,
  ]
  const cells = columns.map((_sql, index) =>
    index < outputs.length && !outputs[index]?.isLimited ? truncateLong(name(index)) : name(index),
  )
  const table = quoteIdentifier(compilation.prefix)
  const text = `select ${cells.join(', ')} from (${clauses.filter(Boolean).join(' ')}) as ${table}`
  const statement = { text, values: compilation.values }
  return { outputs, statement, isUnstable, signature: isKeyed ? signature : null }
}

function truncateLong(cell: string): string {
  const mark = `'${truncationMarker}'`
  const truncated = `${mark} || octet_length(${cell}) || ${mark} || left(${cell}, ${maxCellCharacters})`
  return `case when length(${cell}) > ${maxCellCharacters} then ${truncated} else ${cell} end`
}
