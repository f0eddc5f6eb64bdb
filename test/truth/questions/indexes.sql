-- btree-on-container
select x.path from indexes x join cols c on c.rel = x.indrelid and c.attnum = x.keys[1]
where x.method = 'btree' and not x.indisunique and not x.is_part and (c.is_array or c.base = 'jsonb')
-- duplicate-index
select b.path from indexes b where b.con is null and b.indisvalid and not b.is_part and not b.indisreplident
  and not exists (select from pg_constraint k where k.contype = 'f' and k.conindid = b.indexrelid)
  and exists (select from indexes a where a.indrelid = b.indrelid and a.indexrelid <> b.indexrelid and a.indisvalid and not a.is_part
    and (a.con is not null or a.indisreplident or exists (select from pg_constraint k where k.contype = 'f' and k.conindid = a.indexrelid)
      or a.name collate "C" < b.name collate "C")
    and (a.method, a.keys, a.indclass[0:a.indnkeyatts - 1], a.indcollation[0:a.indnkeyatts - 1], a.indoption::text, a.indisunique, a.indnullsnotdistinct)
      = (b.method, b.keys, b.indclass[0:b.indnkeyatts - 1], b.indcollation[0:b.indnkeyatts - 1], b.indoption::text, b.indisunique, b.indnullsnotdistinct)
    and (select array_agg(e order by e) from unnest(a.extra) e) is not distinct from (select array_agg(e order by e) from unnest(b.extra) e)
    and pg_get_expr(a.indexprs, a.indrelid) is not distinct from pg_get_expr(b.indexprs, b.indrelid)
    and pg_get_expr(a.indpred, a.indrelid) is not distinct from pg_get_expr(b.indpred, b.indrelid))
-- index-on-boolean
select x.path from indexes x join cols c on c.rel = x.indrelid and c.attnum = x.keys[1]
where cardinality(x.keys) = 1 and c.base = 'bool' and not c.is_array and x.indpred is null and not x.is_part and not x.indisunique
-- invalid-index
select path from indexes where not indisvalid and relkind <> 'p'
-- nullable-unique
select x.path from indexes x join roots r on r.oid = x.indrelid
where x.indisunique and not x.indnullsnotdistinct and cardinality(x.keys) > 1 and x.indexprs is null
  and exists (select from cols c where c.rel = x.indrelid and c.attnum = any (x.keys) and not c.required
    and coalesce(pg_get_expr(x.indpred, x.indrelid), '') !~ ('(^|[( ])"?' || c.attname || '"? IS NOT NULL'))
-- redundant-index
select b.path from indexes b where b.method = 'btree' and b.con is null and b.indisvalid and not b.is_part
  and not b.indisunique and not b.indisreplident and b.indexprs is null
  and exists (select from indexes a where a.indrelid = b.indrelid and a.indexrelid <> b.indexrelid and a.indisvalid and not a.is_part
    and a.method = 'btree' and a.indnkeyatts >= b.indnkeyatts
    and a.keys[1:b.indnkeyatts] = b.keys
    and a.indclass[0:b.indnkeyatts - 1] = b.indclass[0:b.indnkeyatts - 1]
    and a.indcollation[0:b.indnkeyatts - 1] = b.indcollation[0:b.indnkeyatts - 1]
    and a.indoption[0:b.indnkeyatts - 1] = b.indoption[0:b.indnkeyatts - 1]
    and pg_get_expr(a.indpred, a.indrelid) is not distinct from pg_get_expr(b.indpred, b.indrelid)
    and b.extra <@ (a.keys || a.extra)
    and (a.indnkeyatts > b.indnkeyatts or a.indisunique or cardinality(a.extra) > cardinality(b.extra)))
