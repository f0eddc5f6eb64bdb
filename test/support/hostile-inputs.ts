import type { Sql } from 'postgres'

/** Texts that no response may contain: they are in hidden columns and tables and in files of the server. */
export const canary = 'canary-7f3a'

/**
 * Texts that try to escape from the place they are used in: known escapes from a read-only transaction, quotes, names with a
 * special meaning in PostgreSQL, and the syntax of other interpreters.
 */
export const hostileTexts: readonly string[] = [
  // a second statement, an end of the transaction, a transaction that may write
  `'; COMMIT; delete from people; --`,
  `1); COMMIT; drop table people; --`,
  'COMMIT',
  'SET TRANSACTION READ WRITE',
  `x"; SET TRANSACTION READ WRITE; delete from people; --`,
  // functions with side effects in a read-only transaction
  `' || dblink_exec('dbname=postgres', 'delete from people') || '`,
  `' || lo_from_bytea(0, 'x') || '`,
  `' || pg_notify('hostile', 'x') || '`,
  `' || pg_advisory_lock(4711) || '`,
  `' || nextval('people_id_seq') || '`,
  `' || set_config('statement_timeout', '0', false) || '`,
  `' || set_config('role', 'none', true) || '`,
  `' || (select pg_sleep(30)) || '`,
  `COPY (select 1) TO PROGRAM 'touch /tmp/hostile'`,
  // text that is SQL, files, other tables
  `' || query_to_xml('select * from vaults', true, true, '') || '`,
  `' || pg_read_file('/etc/passwd') || '`,
  `' union select combination from vaults --`,
  `" from people union select combination from vaults --`,
  `vaults`,
  `public.vaults`,
  `pg_catalog.pg_authid`,
  `pg_authid`,
  // names: columns that do not exist, rows as values, functions as columns
  `iban`,
  `people.iban`,
  `people`,
  `people.*`,
  `*`,
  `~`,
  `row_to_json`,
  `pg_sleep`,
  `pg_read_file`,
  `ctid`,
  `xmax`,
  `id" = "id" or "iban`,
  `id"::text || "iban`,
  `"iban"`,
  `U&"\\0069ban"`,
  `__proto__`,
  `constructor`,
  // quoting, encodings, other interpreters
  `\\'; delete from people; --`,
  `$$; delete from people; $$`,
  `$1`,
  `E'\\x27'`,
  `%27%3B%20delete%20from%20people`,
  `\u0000`,
  `\ud800`,
  `/**/iban/**/`,
  `../../../etc/passwd`,
  `..%2f..%2fetc%2fpasswd`,
  `file:///etc/passwd`,
  `{{constructor.constructor('return process')()}}`,
  `\${process.env}`,
  `<script>alert(1)</script>`,
  `${'('.repeat(5_000)}`,
  `${'*a'.repeat(90)}b`,
]

/** Tables for the texts above: with data to show, data to hide and data to change. */
export const hostileTables = `
  create table people (id serial primary key, name text, iban text, password text);
  create table vaults (id int primary key, combination text, owner int references people);
  insert into people (name, iban, password) values ('Ada', '${canary}', '${canary}'), ('Bel', '${canary}', '${canary}');
  insert into vaults values (1, '${canary}', 1);
  create view cards as select id, name, iban as number, md5(password) as print from people;
`

/** The hidden columns of these tables; the table `vaults` is hidden as a whole. */
export const hostileSecrets = ['people.iban', 'people.password']

/** Reads everything a statement could have changed: rows, sequences, large objects, settings, locks, tables, listeners. */
export async function readState(sql: Sql): Promise<unknown> {
  const [row] = await sql`
    select
      (select json_agg(p order by id) from people p) as people,
      (select json_agg(v order by id) from vaults v) as vaults,
      (select last_value || ' ' || is_called from people_id_seq) as sequence,
      (select count(*) from pg_largeobject_metadata) as large_objects,
      (select json_agg(relname || relkind::text || relowner order by oid) from pg_class where oid >= 16384) as relations,
      (select json_agg(proname order by oid) from pg_proc where oid >= 16384) as functions,
      (select json_agg(rolname order by oid) from pg_roles) as roles,
      (select count(*) from pg_locks where locktype = 'advisory') as locks,
      (select count(*) from pg_stat_activity where datname = current_database() and state like 'idle in transaction%') as open
  `
  return row
}
