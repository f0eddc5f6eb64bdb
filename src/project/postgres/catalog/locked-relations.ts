/**
 * What a lock keeps PostgreSQL from printing. `locked` holds the relations that a transaction has locked exclusively or waits
 * to lock, with the views over them. `using` holds what has an expression that uses one of them: the policy of another table
 * that reads it, or a check, default, index or trigger that takes a row of it apart.
 */
const parts = `
  with recursive locked(oid) as (
    select l.relation from pg_catalog.pg_locks l
      where l.locktype = 'relation' and l.mode = 'AccessExclusiveLock'
        and l.database = (select d.oid from pg_catalog.pg_database d where d.datname = current_database())
    union
    select r.ev_class from locked
      join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = locked.oid
        and d.classid = 'pg_catalog.pg_rewrite'::regclass
      join pg_catalog.pg_rewrite r on r.oid = d.objid
  ), referring(classid, objid) as (
    select d.classid, d.objid from locked
      join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjid = locked.oid
    union select d.classid, d.objid from locked
      join pg_catalog.pg_class c on c.oid = locked.oid
      join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_type'::regclass and d.refobjid = c.reltype
  ), affected(oid) as (
    select oid from locked
    union select p.polrelid from referring
      join pg_catalog.pg_policy p on classid = 'pg_catalog.pg_policy'::regclass and p.oid = objid
    union select a.adrelid from referring
      join pg_catalog.pg_attrdef a on classid = 'pg_catalog.pg_attrdef'::regclass and a.oid = objid
    union select t.tgrelid from referring
      join pg_catalog.pg_trigger t on classid = 'pg_catalog.pg_trigger'::regclass and t.oid = objid and not t.tgisinternal
    union select k.conrelid from referring
      join pg_catalog.pg_constraint k on classid = 'pg_catalog.pg_constraint'::regclass and k.oid = objid
        and k.contype in ('c', 'x')
    union select i.indrelid from referring
      join pg_catalog.pg_index i on classid = 'pg_catalog.pg_class'::regclass and i.indexrelid = objid
  )`

/**
 * A SELECT of the oid and name of each table, view and constraint of a domain whose expressions PostgreSQL does not print until a
 * lock is released. A constraint has the name of its domain.
 */
export const lockedRelationsSelect = `${parts}
  select c.oid::int8::text, n.nspname || '.' || c.relname from affected
    join pg_catalog.pg_class c on c.oid = affected.oid and c.relkind in ('r', 'p', 'f', 'v', 'm')
    join pg_catalog.pg_namespace n on n.oid = c.relnamespace
  union
  select k.oid::int8::text, n.nspname || '.' || t.typname from referring
    join pg_catalog.pg_constraint k on classid = 'pg_catalog.pg_constraint'::regclass and k.oid = objid and k.contypid <> 0
    join pg_catalog.pg_type t on t.oid = k.contypid
    join pg_catalog.pg_namespace n on n.oid = t.typnamespace
  order by 2`
