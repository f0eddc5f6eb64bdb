/**
 * A SELECT of the oid and name of each table that a transaction has locked exclusively or waits to lock, and of each view over one. PostgreSQL
 * prints no expression of them until the lock is released.
 */
export const lockedRelationsSelect = `
  with recursive locked(oid) as (
    select l.relation from pg_catalog.pg_locks l
      where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
        and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
    union
    select r.ev_class from locked
      join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = locked.oid
        and d.classid = 'pg_catalog.pg_rewrite'::regclass
      join pg_catalog.pg_rewrite r on r.oid = d.objid
  )
  select c.oid::int8::text, n.nspname || '.' || c.relname from locked
    join pg_catalog.pg_class c on c.oid = locked.oid and c.relkind in ('r', 'p', 'f', 'v', 'm')
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  order by 2`
