import { z } from 'zod'
import { parseExactJson } from '../../../lib/exact-json.ts'
import type { Json } from '../../../lib/json.ts'
import { toConditions } from './conditions.ts'
import { toOrderSql } from './keyset.ts'
import type { RelatedRows } from '../plan.ts'
import type { Output } from './rows.ts'
import { type ManyStep, openRelated, type PlanScope } from './scope.ts'
import { type Place, selectFields, toOutput, toSorting, toTieBreakers } from './selection.ts'

/** Longest list of related rows, in bytes of JSON. Rows behind the limit are left out. */
const maxListBytes = 16_384

/**
 * Compiles a count and a list of related rows to one column: `{ count, items, limited }`, without `count` if it is not wanted,
 * and without the others if the limit is 0.
 */
export function toRelatedOutput(
  related: RelatedRows,
  scope: PlanScope,
  { path, compilation }: Place,
): Output | null {
  const { relation, as, limit } = related
  const step = scope.findRelation(relation, `${path}.relation`)
  if (!step) return null
  if (!related.count && limit === 0) {
    return compilation.fault(`${path}.limit`, 'Related rows need a limit above 0, or a count')
  }
  const list = toList(step, related, { path, compilation })
  const count = related.count ? toCount(step, related, { path, compilation }) : 'null'
  return {
    name: as ?? relation,
    sql: limit > 0 ? list.toSql(count) : `(select json_build_array(${count})::text)`,
    read: (text) => readRelated(text, { ...related, outputs: list.outputs }),
    isLimited: true,
  }
}

function toCount(step: ManyStep, { filters }: RelatedRows, { path, compilation }: Place): string {
  const scope = openRelated(step, compilation)
  const condition = toConditions(filters, scope, { path: `${path}.filters`, compilation })
  const where = [...scope.correlation, ...(condition ? [condition] : [])].join(' and ')
  return `(select count(*) from ${scope.from()} where ${where})`
}

interface RelatedList {
  readonly outputs: readonly Output[]
  /** Writes the list; `count` is the SQL of the count in front of it. */
  readonly toSql: (count: string) => string
}

function toList(
  step: ManyStep,
  { filters, sorting, select_fields, limit }: RelatedRows,
  { path, compilation }: Place,
): RelatedList {
  const scope = openRelated(step, compilation)
  const fields = selectFields(scope, select_fields, { path: `${path}.select_fields`, compilation })
  const outputs = fields.map((operand) => toOutput(operand, compilation.world))
  const sorted = toSorting(sorting, scope, { path: `${path}.sorting`, compilation })
  const ties = toTieBreakers(scope, sorting.length > 0, compilation.world)
  // A count checks the same conditions, so that each of their faults is named once.
  const condition =
    limit > 0 ? toConditions(filters, scope, { path: `${path}.filters`, compilation }) : null
  const where = [...scope.correlation, ...(condition ? [condition] : [])].join(' and ')
  const order = [...sorted, ...ties.terms].map(toOrderSql).join(', ')
  const name = (suffix: string | number) => `"${compilation.prefix}${suffix}"`
  const cells = outputs.map((_output, index) => name(`c${index}`))
  const [number, size] = [name('n'), name('s')]
  return {
    outputs,
    toSql(count) {
      const selected = outputs.map(({ sql }, index) => `${sql} as ${cells[index]}`)
      const over = order ? `order by ${order}` : ''
      const rows = `select ${selected.join(', ')}, row_number() over (${over}) as ${number} from ${scope.from()} where ${where} ${over} limit ${limit + 1}`
      const bytes = cells.map((cell) => `coalesce(octet_length(${cell}), 4)`).join(' + ')
      const sized = `select *, sum(${bytes}) over (order by ${number}) as ${size} from (${rows}) as ${name('r')}`
      const isKept = `${number} <= ${limit} and ${size} <= ${maxListBytes}`
      const items = `coalesce(json_agg(json_build_array(${cells.join(', ')}) order by ${number}) filter (where ${isKept}), '[]')`
      return `(select json_build_array(${count}, ${items}, coalesce(bool_or(not (${isKept})), false))::text from (${sized}) as ${name('l')})`
    },
  }
}

const answerSchema = z.tuple([
  z.number().nullable(),
  z.array(z.array(z.string().nullable())).optional(),
  z.boolean().optional(),
])

function readRelated(
  text: string,
  { count: isCounted, outputs }: RelatedRows & { readonly outputs: readonly Output[] },
): Json {
  const [count, items, limited] = answerSchema.parse(parseExactJson(text, 'none'))
  const rows = items?.map((cells) =>
    Object.fromEntries(
      outputs.map(({ name, read }, index): [string, Json] => {
        const cell = cells[index]
        return [name, typeof cell === 'string' ? read(cell) : null]
      }),
    ),
  )
  return {
    ...(isCounted ? { count } : {}),
    ...(rows ? { items: rows, limited: limited ?? false } : {}),
  }
}
