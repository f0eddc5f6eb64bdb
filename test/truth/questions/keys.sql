-- constraint-not-validated
select path from fkeys where not convalidated and coalesce((to_jsonb(fkeys) ->> 'conenforced')::boolean, true)
union all select path from checks where not convalidated and conislocal and coalesce((to_jsonb(checks) ->> 'conenforced')::boolean, true)
-- cyclic-sequence
select sequence from owned o where seqcycle
  and exists (select from pg_constraint k where k.conrelid = o.rel and k.contype = 'p' and o.attnum = any (k.conkey))
-- duplicate-check
select a.path from checks a join roots r on r.oid = a.conrelid where exists (select from checks b where b.conrelid = a.conrelid
  and b.conname < a.conname and pg_get_constraintdef(b.oid) = pg_get_constraintdef(a.oid))
-- duplicate-foreign-key
select b.path from fkeys b where exists (select from fkeys a where a.conrelid = b.conrelid and a.confrelid = b.confrelid
  and (a.convalidated, b.conname) > (b.convalidated, a.conname)
  and (select array_agg(u order by u) from unnest(a.conkey, a.confkey) u(x, y))
    = (select array_agg(u order by u) from unnest(b.conkey, b.confkey) u(x, y)))
-- foreign-key-type
select f.path from fkeys f where exists (select from unnest(f.conkey, f.confkey) u(x, y)
  join cols a on a.rel = f.conrelid and a.attnum = u.x join cols b on b.rel = f.confrelid and b.attnum = u.y
  where replace(a.base::text, 'varchar', 'text') <> replace(b.base::text, 'varchar', 'text')
    and (a.base, b.base) not in (('int2', 'int4'), ('int2', 'int8'), ('int4', 'int8')))
-- impossible-action
select f.path from fkeys f where exists (select from cols c where c.rel = f.conrelid and c.required and (
  (c.attnum = any (coalesce(nullif(f.confdelsetcols, '{}'), f.conkey))
    and (f.confdeltype = 'n' or (f.confdeltype = 'd' and c.fallback is null)))
  or (c.attnum = any (f.conkey) and (f.confupdtype = 'n' or (f.confupdtype = 'd' and c.fallback is null)))))
-- narrow-foreign-key
select f.path from fkeys f where exists (select from unnest(f.conkey, f.confkey) u(x, y)
  join cols a on a.rel = f.conrelid and a.attnum = u.x join cols b on b.rel = f.confrelid and b.attnum = u.y
  where (a.base, b.base) in (('int2', 'int4'), ('int2', 'int8'), ('int4', 'int8')))
-- no-primary-key
select path from roots r where relkind <> 'f' and not exists (select from pg_constraint k where k.conrelid = r.oid and k.contype = 'p')
-- overlapping-foreign-keys
select b.path from fkeys b where exists (select from fkeys a where a.conrelid = b.conrelid and a.confrelid = b.confrelid
  and a.conname collate "C" < b.conname collate "C" and a.conkey && b.conkey
  and not (a.conkey @> b.conkey and a.conkey <@ b.conkey))
-- partly-null-foreign-key
select path from fkeys f where confmatchtype = 's' and cardinality(conkey) > 1
  and exists (select from cols c where c.rel = f.conrelid and c.attnum = any (f.conkey) and not c.required)
-- serial-column
select o.path from owned o where not relispartition and attidentity = '' and fallback like 'nextval(%'
-- small-key
select o.path from owned o join pg_constraint k on k.conrelid = o.rel and k.contype = 'p' and k.conkey = array[o.attnum]
where base in ('int2', 'int4') and not relispartition
-- unindexed-foreign-key
select f.path from fkeys f where not exists (select from indexes x where x.indrelid = f.conrelid and x.indisvalid
  and x.method in ('btree', 'hash', 'gist', 'spgist') and cardinality(x.keys) >= cardinality(f.conkey)
  and x.keys[1:cardinality(f.conkey)] @> f.conkey::int[] and x.keys[1:cardinality(f.conkey)] <@ f.conkey::int[]
  and (x.indpred is null or (pg_get_expr(x.indpred, x.indrelid) ~ 'IS NOT NULL'
    and (select bool_and(part ~ ('^\(*"?(' || (select string_agg(attname, '|') from cols c where c.rel = x.indrelid
      and c.attnum = any (f.conkey)) || ')"? IS NOT NULL\)*$'))
      from regexp_split_to_table(pg_get_expr(x.indpred, x.indrelid), ' AND ') part))))
-- wide-sequence
select sequence from owned where (base = 'int4' and seqmax > 2147483647) or (base = 'int2' and seqmax > 32767)
