const extensions = `pg_catalog.pg_extension e
  left join pg_catalog.pg_available_extensions() a on a.name = e.extname`

/** Built-in objects have lower oids (FirstNormalObjectId in access/transam.h), and only their comments change. */
const firstOwnOid = 16_384

/**
 * A SELECT of one text, which changes whenever the catalog of any schema may have changed.
 *
 * PostgreSQL never updates a catalog row in place: it writes a new row with the transaction id in `xmin`. Only counters are
 * overwritten. A sum of hashes over identities and `xmin` therefore detects every change and ignores statistics. Temporary
 * and built-in tables are left out.
 *
 * @see docs/decisions/015-a-fingerprint-of-xmin.md
 */
export const fingerprintSelect = `
  with temporary as materialized (
    select c.oid from pg_catalog.pg_class c where c.relpersistence = 't'
  )
  select concat_ws(' ', current_setting('server_version_num'), current_database(),
    ${[
      // the contents of schemas, one digest for each catalog
      digest(
        'c.oid, c.xmin',
        `pg_catalog.pg_class c where c.relkind <> 't' and c.relpersistence <> 't' and c.oid >= ${firstOwnOid}`,
      ),
      digest(
        'a.attrelid, a.attnum, a.xmin',
        `${of('attribute', 'a', 'attrelid')} and a.attnum > 0`,
      ),
      digest('d.oid, d.xmin', of('attrdef', 'd', 'adrelid')),
      digest('k.oid, k.xmin', of('constraint', 'k', 'conrelid')),
      digest('i.indexrelid, i.xmin', of('index', 'i', 'indexrelid')),
      digest('h.inhrelid, h.inhseqno, h.xmin', of('inherits', 'h', 'inhrelid')),
      digest(
        't.oid, t.xmin',
        `${of('trigger', 't', 'tgrelid')} and (not t.tgisinternal or t.tgenabled <> 'O')`,
      ),
      digest('p.oid, p.xmin', of('policy', 'p', 'polrelid')),
      digest('r.oid, r.xmin', of('rewrite', 'r', 'ev_class')),
      digest('s.seqrelid, s.xmin', of('sequence', 's', 'seqrelid')),
      digest(
        'p.oid, p.xmin',
        `pg_catalog.pg_proc p join pg_catalog.pg_namespace n on n.oid = p.pronamespace
          where p.oid >= ${firstOwnOid} and n.nspname !~ '^pg_temp_'`,
      ),
      // types of all schemas, because a column may use any; row types and array types are left out
      digest(
        't.oid, t.xmin',
        `pg_catalog.pg_type t where t.typtype <> 'c' and (t.typtype <> 'b' or t.typelem = 0)`,
      ),
      digest('k.oid, k.xmin', 'pg_catalog.pg_constraint k where k.contypid <> 0'),
      digest('e.oid, e.xmin', 'pg_catalog.pg_enum e'),
      // comments, dependencies and shared objects
      digest(
        'd.classoid, d.objoid, d.objsubid, d.xmin',
        `pg_catalog.pg_description d
          where d.objoid >= ${firstOwnOid} or d.classoid = 'pg_catalog.pg_namespace'::regclass`,
      ),
      digest(
        'd.classid, d.objid, d.refobjid, d.xmin',
        `pg_catalog.pg_depend d where d.refclassid = 'pg_catalog.pg_extension'::regclass`,
      ),
      digest(
        'd.objid, d.refobjid, d.refobjsubid, d.deptype',
        `pg_catalog.pg_depend d join pg_catalog.pg_sequence s on s.seqrelid = d.objid
          where d.classid = 'pg_catalog.pg_class'::regclass
          and d.refclassid = 'pg_catalog.pg_class'::regclass and d.refobjsubid > 0
          and ${isLasting('s.seqrelid')}`,
      ),
      digest('n.oid, n.xmin', `pg_catalog.pg_namespace n where n.nspname !~ '^pg_(toast_)?temp_'`),
      digest('e.oid, e.xmin, a.default_version', extensions),
      ...['collation', 'opclass', 'language', 'am'].map((name) =>
        digest('x.oid, x.xmin', `pg_catalog.pg_${name} x`),
      ),
      digest('r.oid, r.rolname', 'pg_catalog.pg_roles r'),
    ].join(', ')})`

/** The size of `pg_class` in bytes at roughly 1,000 tables. */
const largeCatalog = 2 ** 20

/**
 * The fingerprint for the first read of a catalog: null for a small catalog, which costs almost nothing. Only for a large one
 * is a fingerprint cheaper than a second read of the catalog.
 */
export const firstFingerprintSelect = `
  select case when pg_relation_size('pg_catalog.pg_class') > ${largeCatalog} then (${fingerprintSelect}) end`

/** Sums the hashes of rows, independent of their order; `0` without rows. */
function digest(columns: string, from: string): string {
  return `(select coalesce(sum(hash_record_extended(row(${columns}), 0)), 0) from ${from})`
}

/** Selects the rows of a catalog whose column refers to a permanent user-defined table, index or sequence. */
function of(catalog: string, alias: string, column: string): string {
  return `pg_catalog.pg_${catalog} ${alias} where ${isLasting(`${alias}.${column}`)}`
}

function isLasting(oid: string): string {
  return `${oid} >= ${firstOwnOid} and ${oid} not in (select oid from temporary)`
}
