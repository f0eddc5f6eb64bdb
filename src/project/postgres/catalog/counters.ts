import type { CatalogStatistics, TableStatistics } from '../../catalog/statistics.ts'
import type { DatabaseReader } from '../../database.ts'
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
  readonly tables: readonly (readonly [
    schema: string,
    name: string,
    liveRows: number,
    deadRows: number,
    analyzedAt: number | null,
    vacuumedAt: number | null,
    age: number | null,
    sequentialScans: number,
  ])[]
  readonly indexes: readonly (readonly [schema: string, name: string, scans: number])[]
  readonly sequences: readonly (readonly [schema: string, name: string, value: string | null])[]
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
  const { database: databaseRows, tables, indexes, sequences } = answer as unknown as StatisticsRows
  const [row = [null, false, 0, 0, null, 0]] = databaseRows
  const [resetAt, isReplica, databaseAge, catalogDeadRows, startedAt, multixactAge] = row
  return {
    resetAt,
    startedAt,
    isReplica,
    // by index, because destructuring is many times slower
    tables: new Map(tables.map((row) => [`${row[0]}.${row[1]}`, toTable(row)])),
    indexScans: new Map(indexes.map((row) => [`${row[0]}.${row[1]}`, row[2]])),
    sequenceValues: new Map(sequences.map((row) => [`${row[0]}.${row[1]}`, row[2]])),
    databaseAge,
    multixactAge,
    catalogDeadRows,
  }
}

function toTable(row: StatisticsRows['tables'][number]): TableStatistics {
  return {
    liveRows: row[2],
    deadRows: row[3],
    analyzedAt: row[4],
    vacuumedAt: row[5],
    age: row[6],
    sequentialScans: row[7],
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
    tables: `select n.nspname::text, c.relname::text, pg_stat_get_live_tuples(c.oid)::float8,
        pg_stat_get_dead_tuples(c.oid)::float8, ${later('analyze', 'autoanalyze')},
        ${later('vacuum', 'autovacuum')},
        case when c.relfrozenxid <> '0'::xid then age(c.relfrozenxid) end,
        pg_stat_get_numscans(c.oid)::float8
      from ${namedClasses('r', 'm')}`,
    indexes: `select n.nspname::text, c.relname::text, pg_stat_get_numscans(c.oid)::float8
      from ${namedClasses('i')}`,
    // pg_sequence_last_value() fails for a sequence that the role may not read, and waits for one that is being altered
    sequences: `select n.nspname::text, c.relname::text,
        case when has_sequence_privilege(c.oid, 'SELECT,USAGE') and c.relpersistence <> 't'
          and not (pg_is_in_recovery() and c.relpersistence = 'u')
          and c.oid not in (select l.relation from pg_catalog.pg_locks l where l.locktype = 'relation'
            and l.mode in ('ShareLock', 'ShareRowExclusiveLock', 'ExclusiveLock', 'AccessExclusiveLock'))
          then pg_sequence_last_value(c.oid)::text end
      from ${namedClasses('S')}`,
  }
}
