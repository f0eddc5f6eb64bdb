import type { CatalogRows } from './rows.ts'
import { relationKinds, type Scope } from './scope.ts'

type Selects = Partial<Readonly<Record<keyof CatalogRows, string>>>

/** Selects facts about the server, the schemas, the extensions and the members of extensions. */
export function databaseSelects({ chosen }: Scope) {
  return {
    server: `select current_setting('server_version_num')::int, current_database()::text,
      current_setting('block_size')::int`,
    schemas: `select n.nspname::text, pg_get_userbyid(n.nspowner)::text,
        obj_description(n.oid, 'pg_namespace')
      from ${chosen}
      join pg_catalog.pg_namespace n on n.oid = chosen.oid`,
    extensions: `select e.extname::text, n.nspname::text, e.extversion, a.default_version
      from pg_catalog.pg_extension e
      join pg_catalog.pg_namespace n on n.oid = e.extnamespace
      left join pg_catalog.pg_available_extensions() a on a.name = e.extname`,
    members: `select d.classid::regclass::text, d.objid::text, e.extname::text
      from pg_catalog.pg_extension e
      join pg_catalog.pg_depend d on d.refclassid = 'pg_catalog.pg_extension'::regclass
        and d.refobjid = e.oid and d.deptype = 'e'
        and d.classid in ('pg_catalog.pg_class'::regclass, 'pg_catalog.pg_type'::regclass,
          'pg_catalog.pg_proc'::regclass)`,
  } satisfies Selects
}

/** Returns the SQL of a key for a type with its modifier. */
function typeKey(alias: string): string {
  return `case when ${alias}.atttypmod = -1 then ${alias}.atttypid::text
          else ${alias}.atttypid || ' ' || ${alias}.atttypmod end`
}

/** Selects columns and the types that they use. All columns of a relation are one row: their cells would be most of a catalog. */
export function columnSelects({ classes, expression }: Scope) {
  const attributes = `${classes(...relationKinds, 'c')}
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped`
  return {
    columns: `select a.attrelid::text, string_agg(row(a.attnum, a.attname, ${typeKey('a')},
        a.attnotnull and u.number is null, nullif(a.attidentity::text, ''), nullif(a.attgenerated::text, ''),
        nullif(a.attcollation, 0), nullif(a.attndims, 0),
        case when d.adrelid is not null then ${expression('c.oid', 'pg_get_expr(d.adbin, d.adrelid)')} end
      )::text, '')
      from ${attributes}
      left join pg_catalog.pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
      left join (
        select k.conrelid, unnest(k.conkey) as number from pg_catalog.pg_constraint k
        where k.contype = 'n' and not k.convalidated
      ) u on u.conrelid = a.attrelid and u.number = a.attnum
      group by a.attrelid`,
    types: `with recursive used as (
        select distinct a.atttypid, a.atttypmod from ${attributes}
      ), step as (
        select u.atttypid, u.atttypmod, u.atttypid as oid, u.atttypmod as modifier,
          false as is_array, null::oid as domain, false as is_required
        from used u
        union all
        select s.atttypid, s.atttypmod,
          case when t.typtype = 'd' then t.typbasetype else t.typelem end,
          case when t.typtype = 'd' then t.typtypmod else s.modifier end,
          s.is_array or t.typtype <> 'd', coalesce(s.domain, case when t.typtype = 'd' then t.oid end),
          s.is_required or t.typtype = 'd' and t.typnotnull and not s.is_array
        from step s
        join pg_catalog.pg_type t on t.oid = s.oid
          and (t.typtype = 'd' or t.typelem <> 0 and t.typlen = -1)
      )
      select ${typeKey('s')}, format_type(s.atttypid, s.atttypmod),
        u.typcollation::text, t.typname::text, t.oid::text, s.modifier, s.is_array,
        dn.nspname::text, d.typname::text, s.is_required
      from step s
      join pg_catalog.pg_type u on u.oid = s.atttypid
      join pg_catalog.pg_type t on t.oid = s.oid
        and t.typtype <> 'd' and not (t.typelem <> 0 and t.typlen = -1)
      left join pg_catalog.pg_type d on d.oid = s.domain
      left join pg_catalog.pg_namespace dn on dn.oid = d.typnamespace`,
  } satisfies Selects
}

/** Selects domains, composite types, sequences, and all enums, because a column may use one of another schema. */
export function typeSelects({ chosen, namedClasses, expression }: Scope) {
  return {
    enums: `select t.oid::text, n.nspname::text, t.typname::text, chosen.oid is not null,
        (select json_agg(e.enumlabel order by e.enumsortorder)::text
          from pg_catalog.pg_enum e where e.enumtypid = t.oid),
        obj_description(t.oid, 'pg_type')
      from pg_catalog.pg_type t
      join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      left join ${chosen} on chosen.oid = n.oid
      where t.typtype = 'e'`,
    domains: `select t.oid::text, n.nspname::text, t.typname::text,
        format_type(t.typbasetype, t.typtypmod), t.typnotnull, t.typdefault,
        obj_description(t.oid, 'pg_type')
      from pg_catalog.pg_type t
      join pg_catalog.pg_namespace n on n.oid = t.typnamespace
      join ${chosen} on chosen.oid = n.oid
      where t.typtype = 'd'`,
    domainChecks: `select k.contypid::text, k.conname::text, ${expression('k.oid', 'pg_get_constraintdef(k.oid)')}, k.convalidated
      from pg_catalog.pg_constraint k
      where k.contypid <> 0 and k.contype = 'c'`,
    composites: `select t.oid::text, c.oid::text, n.nspname::text, c.relname::text,
        obj_description(t.oid, 'pg_type')
      from ${namedClasses('c')}
      join pg_catalog.pg_type t on t.oid = c.reltype`,
    sequences: `select c.oid::text, n.nspname::text, c.relname::text, format_type(s.seqtypid, null),
        s.seqstart::text, s.seqincrement::text, s.seqmin::text, s.seqmax::text, s.seqcycle,
        d.deptype::text, tn.nspname::text, t.relname::text, (
          select a.attname::text from pg_catalog.pg_attribute a
          where a.attrelid = d.refobjid and a.attnum = d.refobjsubid)
      from ${namedClasses('S')}
      join pg_catalog.pg_sequence s on s.seqrelid = c.oid
      left join pg_catalog.pg_depend d on d.classid = 'pg_catalog.pg_class'::regclass
        and d.objid = c.oid and d.refclassid = 'pg_catalog.pg_class'::regclass
        and d.refobjsubid > 0 and d.deptype in ('a', 'i')
      left join pg_catalog.pg_class t on t.oid = d.refobjid
      left join pg_catalog.pg_namespace tn on tn.oid = t.relnamespace`,
  } satisfies Selects
}

/** Selects the routines of the chosen schemas. */
export function functionSelects({ chosen }: Scope) {
  return {
    functions: `select p.oid::text, n.nspname::text, p.proname::text, p.prokind::text,
        pg_get_function_identity_arguments(p.oid), pg_get_function_result(p.oid),
        l.lanname::text, p.provolatile::text, p.prosecdef, array_to_json(p.proconfig)::text,
        pg_get_userbyid(p.proowner)::text, obj_description(p.oid, 'pg_proc'),
        p.prosqlbody is not null
      from pg_catalog.pg_proc p
      join pg_catalog.pg_namespace n on n.oid = p.pronamespace
      join ${chosen} on chosen.oid = n.oid
      join pg_catalog.pg_language l on l.oid = p.prolang`,
  } satisfies Selects
}
