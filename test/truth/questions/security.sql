-- definer-search-path
select path from functions where prosecdef
-- mutable-search-path
select path from functions where not prosecdef
-- definer-view
select v.path from views v where v.relkind = 'v' and not coalesce('security_invoker=true' = any (v.reloptions) or 'security_invoker=on' = any (v.reloptions), false)
  and exists (select from pg_rewrite w join pg_depend d on d.classid = 'pg_rewrite'::regclass and d.objid = w.oid
    join pg_class t on d.refclassid = 'pg_class'::regclass and t.oid = d.refobjid and t.oid <> v.oid where w.ev_class = v.oid and t.relrowsecurity)
-- policies-without-row-security
select path from tables t where not relrowsecurity and exists (select from pg_policy p where p.polrelid = t.oid)
-- policy-always-true
select t.path || '.' || p.polname from pg_policy p join tables t on t.oid = p.polrelid
where t.relrowsecurity and p.polpermissive and p.polcmd <> 'r'
  and (pg_get_expr(p.polqual, p.polrelid) = 'true' or pg_get_expr(p.polwithcheck, p.polrelid) = 'true')
  and not exists (select from pg_policy o where o.polrelid = p.polrelid and not o.polpermissive and o.polcmd in ('*', p.polcmd)
    and (0 = any (o.polroles) or o.polroles @> p.polroles))
-- row-security-without-policy
select path from tables t where relrowsecurity and not exists (select from pg_policy p where p.polrelid = t.oid)
