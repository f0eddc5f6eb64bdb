-- What the questions share. Written against pg_catalog alone; nothing of it comes from src/.
with recursive
spaces as (
  select n.oid, n.nspname from pg_namespace n
  where n.nspname not like 'pg\_%' and n.nspname <> 'information_schema'
    and not exists (select from pg_depend d where d.classid = 'pg_namespace'::regclass and d.objid = n.oid and d.deptype = 'e')
),
relations as (
  select c.*, s.nspname || '.' || c.relname as path from pg_class c join spaces s on s.oid = c.relnamespace
  where not exists (select from pg_depend d where d.classid = 'pg_class'::regclass and d.objid = c.oid and d.deptype = 'e')
),
tables as (select * from relations where relkind in ('r', 'p', 'f')),
roots as (select * from tables where not relispartition),
views as (select * from relations where relkind in ('v', 'm')),
steps(type, below) as (
  select oid, oid from pg_type
  union select s.type, case when t.typbasetype <> 0 then t.typbasetype else t.typelem end
  from steps s join pg_type t on t.oid = s.below
  where t.typbasetype <> 0 or (t.typcategory = 'A' and t.typelem <> 0)
),
bases as (
  select s.type, t.typname as base from steps s join pg_type t on t.oid = s.below
  where t.typbasetype = 0 and not (t.typcategory = 'A' and t.typelem <> 0)
),
required as (
  select s.type from steps s join pg_type t on t.oid = s.below where t.typtype = 'd' and t.typnotnull group by 1
),
cols as (
  select t.oid as rel, t.path as owner, t.relkind, t.relispartition, a.attnum, a.attname, a.atttypid, a.atttypmod, a.attidentity,
    t.path || '.' || a.attname as path, b.base, coalesce(y.typcategory = 'A', false) as is_array,
    a.attnotnull or exists (select from required r where r.type = a.atttypid) as required,
    case when a.attgenerated = '' then pg_get_expr(f.adbin, f.adrelid) end as fallback
  from tables t join pg_attribute a on a.attrelid = t.oid and a.attnum > 0 and not a.attisdropped
  join pg_type y on y.oid = a.atttypid join bases b on b.type = a.atttypid
  left join pg_attrdef f on f.adrelid = t.oid and f.adnum = a.attnum
),
root_cols as (select * from cols where not relispartition),
indexes as (
  select x.*, c.relname as name, c.relispartition as is_part, m.amname as method, t.path || '.' || c.relname as path, t.path as owner,
    t.relkind, t.relispartition, k.oid as con,
    (string_to_array(x.indkey::text, ' ')::int[])[1:x.indnkeyatts] as keys,
    (string_to_array(x.indkey::text, ' ')::int[])[x.indnkeyatts + 1:] as extra
  from pg_index x join pg_class c on c.oid = x.indexrelid join pg_am m on m.oid = c.relam
  join relations t on t.oid = x.indrelid
  left join pg_constraint k on k.conindid = x.indexrelid and k.contype in ('p', 'u', 'x') and k.conrelid = x.indrelid
),
fkeys as (
  select k.*, t.path || '.' || k.conname as path, t.path as owner from pg_constraint k join tables t on t.oid = k.conrelid
  where k.contype = 'f' and k.conparentid = 0
),
checks as (
  select k.*, t.path || '.' || k.conname as path from pg_constraint k join tables t on t.oid = k.conrelid
  where k.contype = 'c'
),
owned as (
  select d.objid as seq, c.*, s.nspname || '.' || q.relname as sequence, z.seqmax, z.seqcycle
  from pg_depend d join cols c on c.rel = d.refobjid and c.attnum = d.refobjsubid
  join pg_class q on q.oid = d.objid and q.relkind = 'S' join spaces s on s.oid = q.relnamespace
  join pg_sequence z on z.seqrelid = q.oid
  where d.classid = 'pg_class'::regclass and d.refclassid = 'pg_class'::regclass and d.deptype in ('a', 'i')
),
functions as (
  select p.*, s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')' as path
  from pg_proc p join spaces s on s.oid = p.pronamespace join pg_language l on l.oid = p.prolang
  where p.prokind in ('f', 'p') and l.lanname not in ('c', 'internal') and p.prosqlbody is null
    and not exists (select from pg_depend d where d.classid = 'pg_proc'::regclass and d.objid = p.oid and d.deptype = 'e')
    and not exists (select from unnest(p.proconfig) g(setting) where g.setting like 'search\_path=%')
),
words as (select word from pg_get_keywords() where catcode in ('R', 'T'))
