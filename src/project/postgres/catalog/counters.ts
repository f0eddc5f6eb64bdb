import { inTurns, type Steps } from '../../../lib/steps/turns.ts'
import type { CatalogStatistics, TableStatistics } from '../../catalog/statistics.ts'
import type { DatabaseReader } from '../../database.ts'
import { type Cell, eachRecord } from './records.ts'
import type { RecordsRow } from './rows.ts'
import { createScope, type Scope } from './scope.ts'

interface StatisticsRows {
  readonly database: readonly (readonly [
    resetAt: number | null,
    isReplica: boolean,
    age: number,
    deadRows: number,
    startedAt: number,
    multixactAge: number,
  ])[]
  readonly tables: readonly RecordsRow[]
  readonly indexes: readonly RecordsRow[]
  readonly sequences: readonly RecordsRow[]
}

/**
 * Reads the statistics counters of the server in one round trip. `schemas` are those of `readCatalog`; null means all. Works
 * on replicas and for every role; values that the role may not read are null or missing.
 */
export async function readStatistics(
  database: DatabaseReader,
  schemas: readonly string[] | null = null,
): Promise<CatalogStatistics> {
  const answer = await database.read(statisticsSelects(createScope(schemas)))
  return inTurns(toStatistics(answer as unknown as StatisticsRows))
}

function* toStatistics(rows: StatisticsRows): Steps<CatalogStatistics> {
  const [row = [null, false, 0, 0, null, 0]] = rows.database
  const [resetAt, isReplica, databaseAge, catalogDeadRows, startedAt, multixactAge] = row
  return {
    resetAt,
    startedAt,
    isReplica,
    tables: yield* byQualifiedName(rows.tables, toTable),
    indexScans: yield* byQualifiedName(rows.indexes, (cells) => Number(cells[1])),
    sequenceValues: yield* byQualifiedName(rows.sequences, (cells) => cells[1] ?? null),
    databaseAge,
    multixactAge,
    catalogDeadRows,
  }
}

/** Converts the records of each schema, whose first cell is the name of a relation. */
function* byQualifiedName<Value>(
  rows: readonly RecordsRow[],
  convert: (cells: readonly Cell[]) => Value,
): Steps<Map<string, Value>> {
  const values = new Map<string, Value>()
  for (const [schema, records] of rows) {
    for (const cells of eachRecord(records)) {
      values.set(`${schema}.${cells[0]}`, convert(cells))
      yield
    }
  }
  return values
}

function toTable(cells: readonly Cell[]): TableStatistics {
  const optional = (cell: Cell = null) => (cell === null ? null : Number(cell))
  return {
    liveRows: Number(cells[1]),
    deadRows: Number(cells[2]),
    analyzedAt: optional(cells[3]),
    vacuumedAt: optional(cells[4]),
    age: optional(cells[5]),
    sequentialScans: Number(cells[6]),
  }
}

const milliseconds = (time: string) => `(extract(epoch from ${time}) * 1000)::float8`

/** Reads counters from functions, because the statistics views repeat joins that `namedClasses` already does. */
function statisticsSelects({
  first,
  namedClasses,
}: Scope): Record<keyof StatisticsRows | keyof Scope['first'], string> {
  const dead = (table: string) => `pg_stat_get_dead_tuples('pg_catalog.${table}'::regclass)::float8`
  const later = (one: string, other: string) =>
    milliseconds(
      `greatest(pg_stat_get_last_${one}_time(c.oid), pg_stat_get_last_${other}_time(c.oid))`,
    )
  return {
    ...first,
    database: `select ${milliseconds('pg_stat_get_db_stat_reset_time(d.oid)')}, pg_is_in_recovery(),
        age(d.datfrozenxid), ${dead('pg_attribute')} + ${dead('pg_depend')},
        ${milliseconds('pg_postmaster_start_time()')}, mxid_age(d.datminmxid)
      from pg_catalog.pg_database d where d.datname = current_database()`,
    tables: `select n.nspname::text, string_agg(row(c.relname, pg_stat_get_live_tuples(c.oid),
        pg_stat_get_dead_tuples(c.oid), ${later('analyze', 'autoanalyze')},
        ${later('vacuum', 'autovacuum')},
        case when c.relfrozenxid <> '0'::xid then age(c.relfrozenxid) end,
        pg_stat_get_numscans(c.oid))::text, '')
      from ${namedClasses('r', 'm')} group by n.nspname`,
    indexes: `select n.nspname::text, string_agg(row(c.relname, pg_stat_get_numscans(c.oid))::text, '')
      from ${namedClasses('i')} group by n.nspname`,
    // pg_sequence_last_value() fails for a sequence that the role may not read, and waits for one that is being altered
    sequences: `select n.nspname::text, string_agg(row(c.relname,
        case when has_sequence_privilege(c.oid, 'SELECT,USAGE') and c.relpersistence <> 't'
          and not (pg_is_in_recovery() and c.relpersistence = 'u')
          and c.oid not in (select l.relation from pg_catalog.pg_locks l where l.locktype = 'relation'
            and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
          then pg_sequence_last_value(c.oid) end)::text, '')
      from ${namedClasses('S')} group by n.nspname`,
  }
}
