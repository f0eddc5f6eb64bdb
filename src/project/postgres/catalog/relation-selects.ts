import type { CatalogRows } from './rows.ts'
import { relationKinds, type Scope, tableKinds } from './scope.ts'

type Selects<Name extends keyof CatalogRows> = Readonly<Record<Name, string>>

/** Selects tables and views, and their parts other than columns, constraints and indexes. */
export function relationSelects(scope: Scope) {
  const { classes, namedClasses, expression } = scope
  return {
    relations: `select c.oid::text, n.nspname::text, c.relname::text, c.relkind::text,
        pg_get_userbyid(c.relowner)::text, c.relpersistence::text, c.relrowsecurity,
        c.relforcerowsecurity, c.reltuples::float8, c.relpages, c.relispopulated,
        array_to_json(c.reloptions)::text,
        case when c.relkind = 'p' then ${expression('c.oid', 'pg_get_partkeydef(c.oid)')} end,
        case when c.relispartition then ${expression('c.oid', 'pg_get_expr(c.relpartbound, c.oid)')} end
      from ${namedClasses(...relationKinds)}`,
    comments: `select d.objoid::text, d.objsubid, d.description
      from ${classes(...relationKinds, 'S')}
      join pg_catalog.pg_description d
        on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid`,
    inherits: `select i.inhrelid::text, i.inhparent::text, pn.nspname::text, p.relname::text
      from ${classes(...tableKinds)}
      join pg_catalog.pg_inherits i on i.inhrelid = c.oid
      join pg_catalog.pg_class p on p.oid = i.inhparent
      join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
      order by i.inhrelid, i.inhseqno`,
    ...attachedSelects(scope),
  } satisfies Partial<Selects<keyof CatalogRows>>
}

function attachedSelects({ classes, expression }: Scope) {
  return {
    triggers: `select t.tgrelid::text, t.tgname::text, t.tgenabled::text,
        ${expression('c.oid', 'pg_get_triggerdef(t.oid)')},
        pn.nspname || '.' || p.proname
      from ${classes(...relationKinds)}
      join pg_catalog.pg_trigger t on t.tgrelid = c.oid and not t.tgisinternal and t.tgparentid = 0
      join pg_catalog.pg_proc p on p.oid = t.tgfoid
      join pg_catalog.pg_namespace pn on pn.oid = p.pronamespace`,
    disabledKeys: `select t.tgrelid::text, k.conname::text, on_.nspname::text, o.relname::text,
        bool_and(t.tgenabled = 'R')
      from ${classes(...tableKinds)}
      join pg_catalog.pg_trigger t on t.tgrelid = c.oid and t.tgisinternal and t.tgenabled in ('D', 'R')
      join pg_catalog.pg_constraint k on k.oid = t.tgconstraint and k.contype = 'f'
      join pg_catalog.pg_class o on o.oid = k.conrelid
      join pg_catalog.pg_namespace on_ on on_.oid = o.relnamespace
      group by t.tgrelid, k.conname, on_.nspname, o.relname`,
    policies: `select p.polrelid::text, p.polname::text, p.polpermissive, p.polcmd::text,
        (select json_agg(case when r = 0 then 'public' else pg_get_userbyid(r)::text end)::text
          from unnest(p.polroles) r),
        case when p.polqual is not null then ${expression('c.oid', 'pg_get_expr(p.polqual, p.polrelid)')} end,
        case when p.polwithcheck is not null
          then ${expression('c.oid', 'pg_get_expr(p.polwithcheck, p.polrelid)')} end
      from ${classes(...tableKinds)}
      join pg_catalog.pg_policy p on p.polrelid = c.oid`,
    rules: `select r.ev_class::text, r.rulename::text
      from ${classes(...tableKinds)}
      join pg_catalog.pg_rewrite r on r.ev_class = c.oid`,
    reads: `select distinct r.ev_class::text, tn.nspname::text, t.relname::text
      from ${classes('v', 'm')}
      join pg_catalog.pg_rewrite r on r.ev_class = c.oid
      join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_rewrite'::regclass
        and d.objid = r.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
        and d.refobjid <> r.ev_class
      join pg_catalog.pg_class t on t.oid = d.refobjid and t.relkind in ('r', 'p', 'f', 'v', 'm')
      join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace`,
  } satisfies Partial<Selects<keyof CatalogRows>>
}

/**
 * Selects constraints and indexes. A catalog column that an older PostgreSQL lacks resolves to the outer FROM item `older`,
 * which has the implied value, because SQL resolves an unqualified name from the inside out.
 */
export function keySelects({ classes, chosen, expression }: Scope) {
  return {
    constraints: `select k.* from (values (true, null::int2[])) older (conenforced, confdelsetcols),
      lateral (
        select k.conrelid::text, string_agg(row(k.conname, k.contype, array_to_string(k.conkey, ' '),
          k.condeferrable, k.condeferred, k.convalidated, conenforced, k.coninhcount > 0,
          k.conindid, tn.nspname, t.relname, array_to_string(k.confkey, ' '),
          k.confupdtype, k.confdeltype, array_to_string(confdelsetcols, ' '), k.confmatchtype,
          case when k.contype in ('c', 'x') then ${expression('c.oid', 'pg_get_constraintdef(k.oid)')} end, k.confrelid,
          case when k.contype = 'f' and t.relnamespace not in (select oid from ${chosen}) then (
            select json_agg(a.attname order by s.place)::text
            from unnest(k.confkey) with ordinality s (number, place)
            join pg_catalog.pg_attribute a on a.attrelid = k.confrelid and a.attnum = s.number) end
          )::text, '')
        from ${classes(...tableKinds)}
        join pg_catalog.pg_constraint k on k.conrelid = c.oid and (
          k.contype in ('p', 'u', 'x', 'c') or k.contype = 'f' and k.conparentid = 0)
        left join pg_catalog.pg_class t on t.oid = k.confrelid
        left join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace
        group by k.conrelid
      ) k`,
    indexes: indexSelect({ classes, expression }),
    operatorClasses: `select oid::text, opcname::text from pg_catalog.pg_opclass where not opcdefault`,
    // every collation in use is either built in or the target of a dependency
    collations: `select oid::text, collname::text from pg_catalog.pg_collation
      where oid < 12000 or oid in (select refobjid from pg_catalog.pg_depend
        where refclassid = 'pg_catalog.pg_collation'::regclass)`,
  } satisfies Partial<Selects<keyof CatalogRows>>
}

function indexSelect({ classes, expression }: Pick<Scope, 'classes' | 'expression'>): string {
  return `select x.* from (values (false)) older (indnullsnotdistinct), lateral (
        select i.indrelid::text, string_agg(row(i.indexrelid, ic.relname, am.amname, i.indkey,
          i.indnkeyatts, i.indclass, i.indcollation, i.indoption, i.indisunique, i.indisprimary,
          indnullsnotdistinct, i.indisvalid, i.indisready, ic.relpages,
          case when i.indexprs is not null then (
            select json_agg(${expression('c.oid', 'pg_get_indexdef(i.indexrelid, s, false)')} order by s)::text
            from generate_series(1, i.indnkeyatts::int) s where i.indkey[s - 1] = 0) end,
          case when i.indpred is not null
            then ${expression('c.oid', 'pg_get_expr(i.indpred, i.indrelid)')} end,
          case when i.indexprs is not null or i.indpred is not null
            then ${expression('c.oid', 'pg_get_indexdef(i.indexrelid)')} end,
          pn.nspname, p.relname, i.indisreplident,
          exists (select from pg_catalog.pg_constraint f where f.contype = 'f'
            and f.confrelid = i.indrelid and f.conindid = i.indexrelid)
          )::text, '')
        from ${classes('r', 'p', 'm')}
        join pg_catalog.pg_index i on i.indrelid = c.oid
        join pg_catalog.pg_class ic on ic.oid = i.indexrelid
        join pg_catalog.pg_am am on am.oid = ic.relam
        left join pg_catalog.pg_inherits h on ic.relispartition and h.inhrelid = ic.oid
        left join pg_catalog.pg_class p on p.oid = h.inhparent
        left join pg_catalog.pg_namespace pn on pn.oid = p.relnamespace
        group by i.indrelid
      ) x`
}
