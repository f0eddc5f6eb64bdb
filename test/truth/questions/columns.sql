-- all-nullable
select r.path from roots r where r.relkind <> 'f'
  and (select count(*) filter (where not c.required) >= 2 and bool_and(not c.required) from cols c where c.rel = r.oid
    and not exists (select from pg_constraint k where k.conrelid = r.oid and k.contype = 'p' and c.attnum = any (k.conkey)))
-- char-column
select path from root_cols where relkind <> 'f' and base = 'bpchar' and format_type(atttypid, atttypmod) <> 'bpchar'
-- float-key
select path from root_cols c where base in ('float4', 'float8')
  and exists (select from pg_constraint k where k.conrelid = c.rel and k.contype = 'p' and c.attnum = any (k.conkey))
-- json-column
select path from root_cols where base = 'json' and relkind <> 'f'
-- missing-column-comment
select path from root_cols where coalesce(col_description(rel, attnum), '') = ''
-- money-column
select path from root_cols where base = 'money' and relkind <> 'f'
-- naive-timestamp
select path from root_cols where base = 'timestamp' and relkind <> 'f'
-- timetz-column
select path from root_cols where base = 'timetz' and relkind <> 'f'
-- upgrade-blocking-type
select path from root_cols where relkind <> 'f' and base like 'reg%' and base not in ('regclass', 'regrole', 'regtype', 'regdatabase')
-- varchar-limit
select c.path from root_cols c where c.base = 'varchar' and c.relkind <> 'f' and not c.is_array
  and (c.atttypmod >= 0 or exists (select from steps s join pg_type t on t.oid = s.below where s.type = c.atttypid and t.typtypmod >= 0))
