import { quoteLiteral } from '../database.ts'

/** Rows of the selects below, by name; every oid is text, every list of numbers is space-separated text. */
export interface CatalogRows {
  readonly schema: readonly (readonly [found: number])[]
  readonly tables: readonly (readonly [oid: string, name: string, comment: string | null])[]
  readonly columns: readonly (readonly [
    table: string,
    position: number,
    name: string,
    type: string,
    modifier: number,
    notNull: boolean,
    fallback: string | null,
    comment: string | null,
  ])[]
  /** One row for each type in use; `base` is what a domain or array is made of, `labels` those of an enum as JSON. */
  readonly types: readonly (readonly [
    type: string,
    modifier: number,
    text: string,
    base: string,
    baseModifier: number,
    isArray: boolean,
    labels: string | null,
  ])[]
  /** Valid indexes over plain columns of whole tables. */
  readonly indexes: readonly (readonly [
    table: string,
    columns: string,
    keyCount: number,
    isUnique: boolean,
    isPrimary: boolean,
  ])[]
  readonly references: readonly (readonly [
    table: string,
    name: string,
    columns: string,
    target: string,
    targetName: string,
    onDelete: string,
  ])[]
}

/**
 * The questions one schema is asked, for `Database.read`: tables, partitioned tables (not their partitions) and foreign
 * tables, without those an extension owns. The first empties `search_path`, on which the text of types and defaults
 * depends, for this snapshot alone.
 */
export function catalogSelects(schema: string): Record<keyof CatalogRows | 'path', string> {
  const inSchema = `pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      and n.nspname = ${quoteLiteral(schema)} and c.relkind in ('r', 'p', 'f') and not c.relispartition`
  return {
    path: `select set_config('search_path', '', true)`,
    schema: `select 1 from pg_catalog.pg_namespace where nspname = ${quoteLiteral(schema)}`,
    tables: `select c.oid::text, c.relname::text, d.description
      from ${inSchema}
      left join pg_catalog.pg_description d
        on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid and d.objsubid = 0
      where not exists (select from pg_catalog.pg_depend e
        where e.classid = 'pg_catalog.pg_class'::regclass and e.objid = c.oid and e.deptype = 'e')`,
    columns: `select a.attrelid::text, a.attnum::int, a.attname::text, a.atttypid::text, a.atttypmod,
        a.attnotnull,
        case when a.atthasdef and a.attgenerated = '' then
          (select pg_get_expr(f.adbin, f.adrelid) from pg_catalog.pg_attrdef f
            where f.adrelid = a.attrelid and f.adnum = a.attnum) end,
        d.description
      from ${inSchema}
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      left join pg_catalog.pg_description d
        on d.classoid = 'pg_catalog.pg_class'::regclass and d.objoid = c.oid and d.objsubid = a.attnum`,
    types: typesSelect(inSchema),
    indexes: `select i.indrelid::text, i.indkey::text, i.indnkeyatts::int, i.indisunique, i.indisprimary
      from ${inSchema}
      join pg_catalog.pg_index i on i.indrelid = c.oid
        and i.indisvalid and i.indpred is null and i.indexprs is null`,
    references: `select k.conrelid::text, k.conname::text, array_to_string(k.conkey, ' '),
        k.confrelid::text, t.relname::text, k.confdeltype::text
      from ${inSchema}
      join pg_catalog.pg_constraint k on k.conrelid = c.oid and k.contype = 'f' and k.conparentid = 0
      join pg_catalog.pg_class t on t.oid = k.confrelid`,
  }
}

/** Each type is spelled out once, not once a column; domains are followed down to what they are made of. */
function typesSelect(inSchema: string): string {
  return `with recursive used as (
      select distinct a.atttypid, a.atttypmod
      from ${inSchema}
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    ), base as (
      select atttypid, atttypmod, atttypid as oid, atttypmod as modifier from used
      union all
      select b.atttypid, b.atttypmod, t.typbasetype, t.typtypmod
      from base b join pg_catalog.pg_type t on t.oid = b.oid and t.typtype = 'd'
    )
    select b.atttypid::text, b.atttypmod, format_type(b.atttypid, b.atttypmod),
      coalesce(e.typname, t.typname)::text, b.modifier, e.oid is not null,
      (select json_agg(l.enumlabel order by l.enumsortorder)::text
        from pg_catalog.pg_enum l where l.enumtypid = coalesce(e.oid, t.oid))
    from base b
    join pg_catalog.pg_type t on t.oid = b.oid and t.typtype <> 'd'
    left join pg_catalog.pg_type e on e.oid = t.typelem and t.typcategory = 'A'`
}
