-- autovacuum-disabled
select path from tables where 'autovacuum_enabled=false' = any (reloptions) or 'autovacuum_enabled=off' = any (reloptions)
-- disabled-trigger
select t.path || '.' || g.tgname from pg_trigger g join tables t on t.oid = g.tgrelid
where g.tgenabled = 'D' and not g.tgisinternal and g.tgparentid = 0
-- extension-in-public
select e.extname::text from pg_extension e where e.extnamespace = 'public'::regnamespace
-- few-columns
select path from roots r where (select count(*) from cols c where c.rel = r.oid) < 2
  and not exists (select from pg_inherits i where i.inhrelid = r.oid)
-- missing-table-comment
select path from roots where coalesce(obj_description(oid, 'pg_class'), '') = ''
-- no-default-partition
select t.path from tables t join pg_partitioned_table p on p.partrelid = t.oid
where p.partstrat <> 'h' and p.partdefid = 0 and exists (select from pg_inherits i where i.inhparent = t.oid)
-- no-partitions
select path from tables t where relkind = 'p' and not exists (select from pg_inherits i where i.inhparent = t.oid)
-- outdated-extension
select e.extname::text from pg_extension e join pg_available_extensions a on a.name = e.extname where a.default_version <> e.extversion
-- quoted-name
select path from root_cols where attname !~ '^[a-z_][a-z0-9_$]*$'
union all select path from roots where relname !~ '^[a-z_][a-z0-9_$]*$'
union all select path from views where relname !~ '^[a-z_][a-z0-9_$]*$'
union all select v.path || '.' || a.attname from views v join pg_attribute a on a.attrelid = v.oid and a.attnum > 0
where not a.attisdropped and a.attname !~ '^[a-z_][a-z0-9_$]*$'
-- reserved-name
select path from root_cols join words on word = attname
union all select path from roots join words on word = relname
union all select path from views join words on word = relname
union all select v.path || '.' || a.attname from views v join pg_attribute a on a.attrelid = v.oid and a.attnum > 0
join words on word = a.attname where not a.attisdropped
-- rewrite-rule
select t.path || '.' || r.rulename from pg_rewrite r join tables t on t.oid = r.ev_class
-- table-inheritance
select path from roots r where exists (select from pg_inherits i where i.inhrelid = r.oid)
-- unlinked-table
select path from roots r where not exists (select from pg_constraint k where k.contype = 'f' and r.oid in (k.conrelid, k.confrelid))
-- unlogged-table
select path from tables where relpersistence = 'u'
-- unpopulated-view
select path from views where relkind = 'm' and not relispopulated
-- unrefreshable-view
select path from views v where relkind = 'm' and not exists (select from indexes x where x.indrelid = v.oid
  and x.indisunique and x.indisvalid and x.indpred is null and x.indexprs is null)
