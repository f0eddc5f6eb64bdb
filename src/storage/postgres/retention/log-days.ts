import { StudioError } from '../../../errors.ts'
import { errorCode } from '../../../lib/failures/error-code.ts'
import { quoteLiteral, quotePlainLiteral } from '../../../lib/sql.ts'
import type { SqlDriver } from '../driver/driver.ts'

/** Statements on the log wait behind one that waits to lock it, so that one gives up soon. */
const lockTimeoutMs = 500

/** No statement of a change to the partitions takes longer, in milliseconds. */
const statementTimeoutMs = 30_000

/** The codes by which something was in the way: a lock, a limit, a deadlock, or what another process did first. */
const wasBusy = /^(?:55P03|57014|40P01|42P01|42P07)$/

/** What became of a change to the partitions: another transaction was in the way (`busy`), or the role lacks a right. */
export type DayOutcome = 'done' | 'busy' | 'forbidden'

/**
 * Creates the partitions of the log for the present day of the database and those after it, where they are missing. A day that has
 * rows in the default partition stays there.
 *
 * @throws what the driver throws, for example during an outage.
 */
export async function keepDays(
  driver: SqlDriver,
  schema: string,
  ahead: number,
): Promise<DayOutcome> {
  const rows = await driver.query(
    `select d.day::text from (select floor(extract(epoch from now()) / 86400)::integer as today) t,
       generate_series(t.today, t.today + $1::integer) as d (day)
     where to_regclass($2::text || '.run_events_' || d.day) is null
       and not exists (select 1 from ${schema}.run_events_other o where o.day = d.day)`,
    [ahead, schema],
  )
  const missing = rows.flatMap(([day]) => day ?? [])
  if (missing.length === 0) return 'done'
  const lockName = quotePlainLiteral(`fetch-studio days ${schema}`)
  const lock = `select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(${lockName}, 0));`
  return changeDays(driver, [lock, ...missing.map(createDay(schema))])
}

// A partition needs no lock that stops statements on the log, except those that use the default partition.
const createDay = (schema: string) => (day: string) => {
  const name = `${schema}.run_events_${day}`
  return `create table ${name} (like ${schema}.run_events including defaults including storage,
      primary key (run_id, first_seq));
    alter table ${schema}.run_events attach partition ${name} for values from (${day}) to (${Number(day) + 1});`
}

/** A day that is dropped. */
export interface OldDay {
  readonly day: number
  /** Runs that keep their logs although they may have ended: they were open when the archive began to look at the day. */
  readonly unarchived?: readonly string[]
}

/** SQL: the ids of the runs of a day that have not ended. */
export function openOf(schema: string, day: number): string {
  return `select r.id from ${schema}.runs r where ${schema}.run_day(r.id) = ${day} and r.ended_at is null`
}

/** SQL: moves what open runs, and runs that no archive has, wrote on a day to day 0, where a reader looks as well. */
export function keepOpen(schema: string, { day, unarchived = [] }: OldDay): string {
  const ids = quoteLiteral(`{${unarchived.join(',')}}`) // of a day, so that each is a UUID
  const others = unarchived.length > 0 ? ` union all select unnest(${ids}::text[])` : ''
  return `update ${schema}.run_events set day = 0 where day = ${day} and run_id in (
    ${openOf(schema, day)}${others})`
}

const lockDay = (schema: string, day: number) =>
  `lock table only ${schema}.run_events in access exclusive mode;
     lock table ${schema}.run_events_${day} in access exclusive mode nowait;`

/** Looks whether a day could be dropped now, before all of it is archived. */
export function tryDay(
  client: Pick<SqlDriver, 'script'>,
  schema: string,
  day: number,
): Promise<DayOutcome> {
  return changeDays(client, [lockDay(schema, day)])
}

/**
 * Drops the partition of a day. It waits half a second for transactions that use the log, and gives up. Meanwhile other statements
 * on the log wait behind it.
 */
export function dropDay(
  client: Pick<SqlDriver, 'script'>,
  schema: string,
  old: OldDay,
): Promise<DayOutcome> {
  return changeDays(client, [
    `${lockDay(schema, old.day)}
     ${keepOpen(schema, old)};
     drop table ${schema}.run_events_${old.day};`,
  ])
}

async function changeDays(
  { script }: Pick<SqlDriver, 'script'>,
  statements: readonly string[],
): Promise<DayOutcome> {
  const set = (name: string, ms: number) =>
    `select pg_catalog.set_config('${name}', '${ms}', true);`
  const limits = set('lock_timeout', lockTimeoutMs) + set('statement_timeout', statementTimeoutMs)
  try {
    await script(`${limits} ${statements.join('\n')}`)
    return 'done'
  } catch (error) {
    const code = errorCode(error instanceof StudioError ? error.cause : error)
    if (code === '42501') return 'forbidden'
    if (wasBusy.test(code)) return 'busy'
    throw error
  }
}

/** How often an instance looks whether days are missing, and how soon it tries again when something was in the way. */
const lookMs = { done: 3_600_000, forbidden: 3_600_000, busy: 60_000 } as const

/**
 * Creates the function that keeps days ahead while an instance runs. It is called often, looks once an hour, and reports no failure:
 * without its partition, a day is written to the default one.
 */
export function createDayKeeper(driver: SqlDriver, schema: string, ahead: number): () => void {
  let nextAt = -Infinity
  return () => {
    if (performance.now() < nextAt) return
    nextAt = Infinity
    const look = (outcome: DayOutcome) => void (nextAt = performance.now() + lookMs[outcome])
    keepDays(driver, schema, ahead).then(look, () => look('busy'))
  }
}
