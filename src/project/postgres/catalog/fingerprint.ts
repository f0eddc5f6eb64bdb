const extensions = `pg_catalog.pg_extension e
  left join pg_catalog.pg_available_extensions() a on a.name = e.extname`

/**
 * One SELECT that answers one text, other than before whenever the catalog of any schema may be other than before.
 *
 * PostgreSQL never changes a row of its catalogs but writes it anew, with the transaction's number in `xmin`; counters alone
 * are overwritten in place. So a sum of hashes over identities and `xmin` sees every change and no statistics, without
 * spelling anything out. Temporary tables, which come and go, are left out, and so are tables of PostgreSQL's own.
 */
export const fingerprintSelect = `
  with space as materialized (
    select n.oid from pg_catalog.pg_namespace n
    where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
  ), class as materialized (
    select c.oid, c.xmin as version, c.relkind in ('r', 'p', 'f', 'v', 'm', 'c') as has_columns
    from pg_catalog.pg_class c
    join space s on s.oid = c.relnamespace
    where c.relkind in ('r', 'p', 'f', 'v', 'm', 'c', 'S', 'i', 'I') and c.relpersistence <> 't'
  )
  select concat_ws(' ', current_setting('server_version_num'), current_database(),
    ${[
      // what is in a schema, by its table
      digest('c.oid, c.version', 'class c'),
      digest(
        'a.attrelid, a.attnum, a.xmin',
        `${of('attribute', 'a', 'attrelid')} and c.has_columns`,
      ),
      digest('d.oid, d.xmin', of('attrdef', 'd', 'adrelid')),
      digest('k.oid, k.xmin', of('constraint', 'k', 'conrelid')),
      digest('i.indexrelid, i.xmin', of('index', 'i', 'indexrelid')),
      digest('h.inhrelid, h.inhseqno, h.xmin', of('inherits', 'h', 'inhrelid')),
      digest('t.oid, t.xmin', `${of('trigger', 't', 'tgrelid')} and not t.tgisinternal`),
      digest('p.oid, p.xmin', of('policy', 'p', 'polrelid')),
      digest('r.oid, r.xmin', of('rewrite', 'r', 'ev_class')),
      digest('s.seqrelid, s.xmin', of('sequence', 's', 'seqrelid')),
      digest('p.oid, p.xmin', 'pg_catalog.pg_proc p join space s on s.oid = p.pronamespace'),
      // types without those of tables and their arrays; a column may have one of any schema
      digest(
        't.oid, t.xmin',
        `pg_catalog.pg_type t where t.typtype <> 'c' and (t.typtype <> 'b' or t.typelem = 0)`,
      ),
      digest('k.oid, k.xmin', 'pg_catalog.pg_constraint k where k.contypid <> 0'),
      digest('e.oid, e.xmin', 'pg_catalog.pg_enum e'),
      // what goes with any of them
      digest('d.classoid, d.objoid, d.objsubid, d.xmin', 'pg_catalog.pg_description d'),
      digest(
        'd.classid, d.objid, d.refobjid, d.xmin',
        `pg_catalog.pg_depend d where d.refclassid = 'pg_catalog.pg_extension'::regclass`,
      ),
      digest(
        'd.objid, d.refobjid, d.refobjsubid, d.deptype',
        `${of('sequence', 's', 'seqrelid')} join pg_catalog.pg_depend d
          on d.classid = 'pg_catalog.pg_class'::regclass and d.objid = s.seqrelid
          and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0`,
      ),
      digest('n.oid, n.xmin', `pg_catalog.pg_namespace n where n.nspname !~ '^pg_(toast_)?temp_'`),
      digest('e.oid, e.xmin, a.default_version', extensions),
      ...['collation', 'opclass', 'language', 'am'].map((name) =>
        digest('x.oid, x.xmin', `pg_catalog.pg_${name} x`),
      ),
      digest('r.oid, r.rolname', 'pg_catalog.pg_roles r'),
    ].join(', ')})`

/** Sums up rows in whatever order; `0` for none. */
function digest(columns: string, from: string): string {
  return `(select coalesce(sum(hash_record_extended(row(${columns}), 0)), 0) from ${from})`
}

/** Rows of a catalog that belong to a table, index or sequence by this column. */
function of(catalog: string, alias: string, column: string): string {
  return `pg_catalog.pg_${catalog} ${alias} join class c on c.oid = ${alias}.${column}`
}
