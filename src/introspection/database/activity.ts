import { StudioError } from '../../errors.ts'
import { isoTime, type Clock } from '../../lib/clock.ts'
import { withDeadline } from '../../lib/deadline.ts'
import type { Database, Row } from '../../project/database.ts'
import { describeFailure } from '../../project/failure.ts'
import type { Exchange } from '../../http/exchange.ts'
import type { IntrospectionModule } from '../module.ts'
import type { RequestScope } from '../model/request-scope.ts'
import type { Snapshot } from '../model/snapshot.ts'
import { toHiddenNames } from './seen.ts'
import { toShownStatement } from './statement-text.ts'
import type { DatabaseActivity } from './wire.ts'

/** Longest that reading one part may take, in milliseconds. */
const timeoutMs = 3_000

const sessions = `pg_catalog.pg_stat_activity a
  where a.datname = current_database() and a.backend_type = 'client backend' and a.pid <> pg_backend_pid()`

const selects = {
  rights: `select pg_catalog.pg_has_role(current_user, 'pg_read_all_stats', 'MEMBER'),
    (select n.nspname::text from pg_catalog.pg_extension e join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      where e.extname = 'pg_stat_statements')`,
  connections: `select current_setting('max_connections')::int, count(*)::int, count(*) filter (where a.state = 'active')::int,
    count(*) filter (where a.state = 'idle')::int, count(*) filter (where a.state like 'idle in transaction%')::int,
    count(*) filter (where a.wait_event_type = 'Lock')::int from ${sessions}`,
  cache: `select blks_hit::text, blks_read::text, (blks_hit / nullif(blks_hit + blks_read, 0)::float8)
    from pg_catalog.pg_stat_database where datname = current_database()`,
  locks: `select l.pid, l.mode, n.nspname::text, c.relname::text,
      (extract(epoch from clock_timestamp() - a.query_start) * 1000)::float8,
      array_to_json(pg_catalog.pg_blocking_pids(l.pid))::text
    from pg_catalog.pg_locks l
    join pg_catalog.pg_stat_activity a on a.pid = l.pid and a.datname = current_database()
    left join pg_catalog.pg_class c on c.oid = l.relation
    left join pg_catalog.pg_namespace n on n.oid = c.relnamespace
    where not l.granted order by a.query_start limit 50`,
  long: `select a.pid, a.state, a.wait_event_type || ': ' || a.wait_event,
      (extract(epoch from clock_timestamp() - a.xact_start) * 1000)::float8,
      (extract(epoch from clock_timestamp() - a.query_start) * 1000)::float8
    from ${sessions} and a.xact_start < clock_timestamp() - interval '1 second' order by a.xact_start limit 50`,
}

type Part = DatabaseActivity['absent'][number]['part']

/** Answers `GET /ai/database/activity` within the scope of a request. */
export function answerActivity(
  { withScope, clock }: IntrospectionModule,
  exchange: Exchange,
): Promise<DatabaseActivity> {
  return withScope(exchange, (scope) => readActivity(scope, clock))
}

/**
 * Reads what the server says about its sessions and its work. A part that needs an extension or a
 * right that is missing is absent.
 *
 * @throws StudioError `unavailable` without a database that answers.
 */
async function readActivity(scope: RequestScope, clock: Clock): Promise<DatabaseActivity> {
  const { database } = scope
  const { connected, last_error } = await scope.status()
  if (!database || !connected) {
    const reason = last_error ?? 'none is configured'
    throw new StudioError('unavailable', `The database is unavailable: ${reason}`)
  }
  const snapshot = await scope.snapshot()
  const absent: DatabaseActivity['absent'] = []
  const read = reader(database, absent)
  const { rights } = await readOnce(database, { rights: selects.rights })
  const [mayReadAll, schema] = (rights[0] ?? []) as [boolean, string | null]
  const sees = (part: Part) => {
    if (!mayReadAll) absent.push({ part, reason: 'the role is no member of pg_read_all_stats' })
    return mayReadAll
  }
  const cache = await read('cache', selects.cache)
  const connections = sees('connections') ? await read('connections', selects.connections) : null
  const locks = sees('locks') ? await read('locks', selects.locks) : null
  const long = sees('long_transactions') ? await read('long_transactions', selects.long) : null
  if (schema === null) {
    absent.push({
      part: 'top_statements',
      reason: 'the extension pg_stat_statements is not installed',
    })
  }
  const isServed = schema !== null && sees('top_statements')
  const top = isServed ? await read('top_statements', toTopStatements(schema)) : null
  return {
    ...(connections ? { connections: toConnections(connections[0] ?? []) } : {}),
    ...(cache ? { cache: toCache(cache[0] ?? []) } : {}),
    ...(locks ? { locks: locks.map((row) => toLock(row, snapshot)) } : {}),
    ...(long ? { long_transactions: long.map(toTransaction) } : {}),
    ...(top ? { top_statements: toStatements(top, snapshot) } : {}),
    absent,
    captured_at: isoTime(clock.now()),
  }
}

/** Reads parts one by one, so that one that fails is absent and leaves the others. */
function reader(database: Database, absent: DatabaseActivity['absent']) {
  return async (part: Part, select: string): Promise<readonly Row[] | null> => {
    try {
      return (await readOnce(database, { select })).select
    } catch (error) {
      const reason = describeFailure(error) ?? 'it could not be read'
      absent.push({ part, reason })
      return null
    }
  }
}

function readOnce<Name extends string>(database: Database, list: Readonly<Record<Name, string>>) {
  const late = new StudioError('unavailable', `no answer within ${timeoutMs} ms`)
  return withDeadline(timeoutMs, late, (signal) => database.read(list, signal))
}

function toTopStatements(schema: string): string {
  const name = `"${schema.replaceAll('"', '""')}".pg_stat_statements`
  return `select s.queryid::text, s.query, s.calls::text, s.total_exec_time, s.mean_exec_time, s.rows::text
    from ${name} s join pg_catalog.pg_database d on d.oid = s.dbid and d.datname = current_database()
    where s.queryid is not null order by s.total_exec_time desc limit 20`
}

const round = (value: unknown) => Math.max(0, Math.round(Number(value ?? 0) * 1_000) / 1_000)

function toConnections(row: Row) {
  const [maximum = 0, total = 0, active = 0, idle = 0, open = 0, waiting = 0] = row.map(Number)
  return { maximum, total, active, idle, idle_in_transaction: open, waiting }
}

function toCache([hit, read, ratio]: Row) {
  const hit_ratio = typeof ratio === 'number' ? Math.round(ratio * 10_000) / 10_000 : null
  return { hit_ratio, blocks_hit: String(hit ?? 0), blocks_read: String(read ?? 0) }
}

function toLock([pid, mode, schema, table, waited, blockers]: Row, { models }: Snapshot) {
  const isSeen = models.some(
    (model) => model.table === table && (model.schema ?? 'public') === schema,
  )
  return {
    pid: Number(pid),
    mode: String(mode),
    table_name: isSeen ? String(table) : null,
    waited_ms: waited === null ? null : round(waited),
    blocked_by: JSON.parse(String(blockers ?? '[]')) as number[],
  }
}

function toTransaction([pid, state, event, age, statement]: Row) {
  return {
    pid: Number(pid),
    state: (state ?? null) as string | null,
    wait_event: (event ?? null) as string | null,
    age_ms: round(age),
    statement_ms: statement === null ? null : round(statement),
  }
}

function toStatements(rows: readonly Row[], snapshot: Snapshot) {
  const { catalog } = snapshot
  const isHidden =
    catalog && snapshot.exposure === 'known' ? toHiddenNames(catalog, snapshot) : null
  return rows.map(([id, text, calls, total, mean, count]) => ({
    query_id: String(id),
    text: isHidden ? toShownStatement(String(text), isHidden) : null,
    calls: String(calls),
    total_ms: round(total),
    mean_ms: round(mean),
    rows: String(count),
  }))
}
