import type { Sql } from 'postgres'

/**
 * What must survive a fix, one line for each: the place of an object, a tab, and its definition. A view, function, trigger,
 * policy, foreign key, unique index or replica identity that is gone or different afterwards was harmed.
 */
const facts = `
  with spaces as (select oid, nspname from pg_namespace where nspname not like 'pg\\_%' and nspname <> 'information_schema'),
  rels as (select c.*, s.nspname || '.' || c.relname as path from pg_class c join spaces s on s.oid = c.relnamespace)
  select path || E'\\tview ' || pg_get_viewdef(oid) from rels where relkind in ('v', 'm')
  union all select s.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || E')\\tfunction ' || pg_get_functiondef(p.oid)
    from pg_proc p join spaces s on s.oid = p.pronamespace where p.prokind in ('f', 'p')
  union all select r.path || '.' || k.conname || E'\\tconstraint ' || pg_get_constraintdef(k.oid) || ' ' || k.convalidated
    from pg_constraint k join rels r on r.oid = k.conrelid where k.contype in ('f', 'p', 'u', 'x')
  union all select r.path || E'\\treplica identity ' || r.relreplident::text || coalesce(' ' || (
    select i.indexrelid::regclass::text from pg_index i where i.indrelid = r.oid and i.indisreplident), '')
    from rels r where r.relkind in ('r', 'p')
  union all select r.path || '.' || t.tgname || E'\\ttrigger ' || pg_get_triggerdef(t.oid) || t.tgenabled::text
    from pg_trigger t join rels r on r.oid = t.tgrelid where not t.tgisinternal
  union all select r.path || '.' || p.polname || E'\\tpolicy ' || concat_ws(' ', p.polcmd, p.polpermissive, p.polroles,
    pg_get_expr(p.polqual, p.polrelid), pg_get_expr(p.polwithcheck, p.polrelid))
    from pg_policy p join rels r on r.oid = p.polrelid
  union all select r.path || '.' || a.attname || E'\\tcolumn ' || format_type(a.atttypid, a.atttypmod)
    || coalesce(' ' || pg_get_expr(d.adbin, d.adrelid), '')
    from pg_attribute a join rels r on r.oid = a.attrelid left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    where a.attnum > 0 and not a.attisdropped and r.relkind in ('r', 'p', 'v', 'm', 'f')
  union all select r.path || '.' || c.relname || E'\\tunique index ' || pg_get_indexdef(i.indexrelid)
    from pg_index i join pg_class c on c.oid = i.indexrelid join rels r on r.oid = i.indrelid where i.indisunique`

/** Reads the facts of an open transaction. */
export async function readFacts(sql: Sql): Promise<ReadonlySet<string>> {
  const rows = await sql.unsafe(facts).values()
  return new Set(rows.map(([line]) => String(line)))
}

/**
 * Plans every view, and creates every function in SQL again with its body checked, as a new session or a restore would do.
 * Returns the names of those that fail.
 */
export async function findBroken(sql: Sql): Promise<readonly string[]> {
  await sql.unsafe('savepoint trying')
  await sql.unsafe(`do $truth$
    declare one record; broken text := '';
    begin
      for one in select c.oid::regclass::text as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('v', 'm') and n.nspname not like 'pg\\_%' and n.nspname <> 'information_schema'
      loop
        begin execute 'explain select * from ' || one.name;
        exception when others then broken := broken || 'view ' || one.name || ': ' || sqlerrm || E'\\n'; end;
      end loop;
      for one in select p.oid::regprocedure::text as name, pg_get_functiondef(p.oid) as text from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace join pg_language l on l.oid = p.prolang
        where p.prokind in ('f', 'p') and l.lanname in ('sql', 'plpgsql') and n.nspname not like 'pg\\_%'
          and n.nspname <> 'information_schema'
      loop
        begin execute one.text;
        exception when others then broken := broken || 'function ' || one.name || ': ' || sqlerrm || E'\\n'; end;
      end loop;
      perform set_config('truth.broken', broken, false);
    end $truth$`)
  const [row] = await sql`select current_setting('truth.broken') as broken`
  await sql.unsafe('rollback to savepoint trying')
  return String(row?.['broken'] ?? '')
    .split('\n')
    .filter(Boolean)
}
