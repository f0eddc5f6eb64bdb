import { errorCode } from '../../lib/failures/error-code.ts'
import { quoteIdentifier, quoteLiteral } from '../../lib/sql.ts'
import type { DatabaseReader, Row } from '../../project/database.ts'
import { describeFailure } from '../../project/failure.ts'
import type {
  HistoryRows,
  HistoryTable,
  MigrationSource,
  TableColumns,
} from '../../project/source.ts'

/**
 * The rows of a source's history tables, or the reason why they are unknown, which is safe to send. `isReported` means that
 * the problem was reported elsewhere, and `isTemporary` that the same tables may be readable later.
 */
export type HistoryReading =
  | { readonly rows: HistoryRows; readonly tables: readonly string[] }
  | { readonly problem: string; readonly isReported?: boolean; readonly isTemporary?: true }

/** A relation with the name of a requested table. */
export interface Candidate {
  readonly schema: string
  readonly table: string
  readonly columns: TableColumns
  readonly isVisible: boolean
  readonly isReadable: boolean
  readonly hidesRows: boolean
}

/** Schemas of hosting platforms, with migration tables of their own. */
export const platforms = [
  'auth',
  'storage',
  'realtime',
  '_realtime',
  '_analytics',
  'supabase_functions',
]

/**
 * Reads the history tables of every source in two round trips: one finds them, one reads those that exist. A source whose
 * tables cannot be read is unknown and does not affect the others. Rejects if the database does not respond.
 *
 * @see docs/decisions/071-unknown-is-a-state.md
 */
export async function readHistories(
  sources: readonly MigrationSource[],
  reader: DatabaseReader,
): Promise<HistoryReading[]> {
  const names = new Set(
    sources.flatMap(({ tables }) =>
      Object.values(tables).flatMap(({ places }) => places.map(({ table }) => table)),
    ),
  )
  if (names.size === 0) return sources.map(() => ({ rows: {}, tables: [] }))
  const found = await findCandidates([...names], reader)
  const plans = sources.map((source) => planSource(source, found))
  try {
    return await readPlans(plans, reader)
  } catch (error) {
    return readSeparately(plans, reader, error)
  }
}

type PlannedRead = Plan | { readonly problem: string }

/** Reads the tables of all plans in one round trip. Rejects if one of them cannot be read. */
async function readPlans(
  plans: readonly PlannedRead[],
  reader: DatabaseReader,
): Promise<HistoryReading[]> {
  const selects = new Map<string, string>()
  for (const plan of plans) {
    for (const { select } of 'problem' in plan ? [] : plan.reads) {
      if (!selects.has(select)) selects.set(select, `journal_${selects.size}`)
    }
  }
  const rows =
    selects.size > 0
      ? await reader.read(Object.fromEntries([...selects].map(([text, name]) => [name, text])))
      : {}
  return plans.map((plan) => {
    if ('problem' in plan) return plan
    const pairs = plan.reads.map(
      ({ key, select }) => [key, rows[selects.get(select) ?? ''] ?? []] as const,
    )
    return { rows: Object.fromEntries(pairs), tables: plan.reads.map(({ table }) => table) }
  })
}

/**
 * Reads the tables of one plan after the other, because a table that is locked or holds a value that does not parse fails
 * the whole round trip. Rejects with `first`, the error of the round trip, if no table can be read.
 */
async function readSeparately(
  plans: readonly PlannedRead[],
  reader: DatabaseReader,
  first: unknown,
): Promise<HistoryReading[]> {
  const readings: HistoryReading[] = []
  let isAnswered = false
  for (const plan of plans) {
    const isRead = !('problem' in plan) && plan.reads.length > 0
    try {
      readings.push(...(await readPlans([plan], reader)))
      isAnswered ||= isRead
    } catch (error) {
      const problem = describeFailure(error)
      if (problem === null) throw error
      // A server that refuses one table has answered. Other codes mean that there is no server.
      isAnswered ||= /^(22|42|55|57014)/.test(errorCode(error))
      readings.push({ problem, isTemporary: true })
    }
    if (!isAnswered && isRead) throw first
  }
  return readings
}

/** Finds relations by name in all schemas, in one round trip. Sorted by schema. */
export async function findCandidates(
  names: readonly string[],
  reader: DatabaseReader,
): Promise<Candidate[]> {
  const { candidates } = await reader.read({ candidates: toProbe(names) })
  return candidates.map(toCandidate)
}

/** Returns one read for each table that exists. */
interface Plan {
  readonly reads: readonly {
    readonly key: string
    readonly table: string
    readonly select: string
  }[]
}

function planSource(
  { tool, tables }: MigrationSource,
  found: readonly Candidate[],
): Plan | { readonly problem: string } {
  const reads: { key: string; table: string; select: string }[] = []
  for (const [key, table] of Object.entries(tables)) {
    const choice = chooseTable(tool, table, found)
    if (choice === null || ('problem' in choice && table.optional)) continue
    if ('problem' in choice) return choice
    const from = `${quoteIdentifier(choice.schema)}.${quoteIdentifier(choice.table)}`
    const name = `${choice.schema}.${choice.table}`
    reads.push({ key, table: name, select: table.select(from, choice.columns) })
  }
  return { reads }
}

/** Returns null if the table does not exist, which means that the tool never ran. */
function chooseTable(
  tool: string,
  wanted: HistoryTable,
  found: readonly Candidate[],
): Candidate | { readonly problem: string } | null {
  const here: Candidate[] = []
  const elsewhere: Candidate[] = []
  for (const { schema, table } of wanted.places) {
    const named = found.filter((candidate) => candidate.table === table)
    const isHere = (one: Candidate) => (schema === null ? one.isVisible : one.schema === schema)
    here.push(...named.filter(isHere))
    if (schema === null) elsewhere.push(...named.filter((one) => !isHere(one)))
  }
  const own = here.find((one) => findMisfit(wanted, one) === null)
  if (own) return refuseHidden(own) ?? own
  const [other] = here
  if (other) {
    const misfit = findMisfit(wanted, other)
    return { problem: `the table ${toName(other)} ${misfit}, so it is not one of ${tool}` }
  }
  const stray = elsewhere.find(
    (one) => !platforms.includes(one.schema) && findMisfit(wanted, one) === null,
  )
  if (!stray) return null
  const where = `the table ${toName(stray)} is outside the search path`
  return { problem: `${where}: say which schema the migrations use` }
}

/** Describes the columns that make a relation another tool's; null if the columns are this tool's. */
export function findMisfit(
  { columns, foreign = [] }: HistoryTable,
  candidate: Candidate,
): string | null {
  const lacking = columns.find((name) => !candidate.columns.has(name))
  if (lacking !== undefined) return `has no column "${lacking}"`
  const extra = foreign.find((name) => candidate.columns.has(name))
  return extra === undefined ? null : `has a column "${extra}"`
}

function refuseHidden(candidate: Candidate): { readonly problem: string } | null {
  const name = toName(candidate)
  if (!candidate.isReadable) return { problem: `permission denied for the table ${name}` }
  if (candidate.hidesRows) return { problem: `row security may hide rows of the table ${name}` }
  return null
}

function toName({ schema, table }: Candidate): string {
  return `${schema}.${table}`
}

function toProbe(names: readonly string[]): string {
  return `select n.nspname::text, c.relname::text,
      (select json_object_agg(a.attname, pg_catalog.format_type(a.atttypid, null))::text
        from pg_catalog.pg_attribute a
        where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped),
      pg_catalog.pg_table_is_visible(c.oid)::int4,
      (pg_catalog.has_schema_privilege(n.oid, 'USAGE')
        and pg_catalog.has_table_privilege(c.oid, 'SELECT'))::int4,
      pg_catalog.row_security_active(c.oid)::int4
    from pg_catalog.pg_class c
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'v', 'm', 'f') and c.relname in (${names.map(quoteLiteral).join(', ')})
    order by 1, 2`
}

function toCandidate(row: Row): Candidate {
  const [schema, table, columns, isVisible, isReadable, hidesRows] = row
  const types = JSON.parse((columns as string | null) ?? '{}') as Record<string, string>
  return {
    schema: String(schema),
    table: String(table),
    columns: new Map(Object.entries(types)),
    isVisible: Number(isVisible) === 1,
    isReadable: Number(isReadable) === 1,
    hidesRows: Number(hidesRows) === 1,
  }
}
