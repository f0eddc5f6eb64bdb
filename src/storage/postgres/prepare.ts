import { quotePlainLiteral } from '../../lib/sql.ts'
import type { SqlClient } from './client.ts'
import { migrations } from './tables.ts'

/**
 * Creates or upgrades the tables in one transaction under an advisory lock, so that one of many starting processes does it.
 * The role needs the right to create objects only when something is missing.
 *
 * @throws when the database cannot be reached, or the role may not create what is missing.
 */
export async function prepareTables(
  client: SqlClient,
  schema: string,
  steps: readonly string[] = migrations,
): Promise<void> {
  if ((await readVersion(client, schema)) >= steps.length) return
  const lockName = quotePlainLiteral(`fetch-studio ${schema}`)
  await client.script(`
    select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(${lockName}, 0));
    do $prepare$ begin
      if to_regnamespace(${quotePlainLiteral(schema)}) is null then create schema ${schema}; end if;
    end $prepare$;
    create table if not exists ${schema}.schema_version (
      version integer primary key, applied_at timestamptz not null default now());
    ${steps.map((statements, index) => migrateTo(schema, index + 1, statements)).join('\n')}`)
}

function migrateTo(schema: string, version: number, statements: string): string {
  return `do $migrate$ begin
    if not exists (select 1 from ${schema}.schema_version where version = ${version}) then
      execute $statements$${statements.replaceAll('$schema', schema)}$statements$;
      insert into ${schema}.schema_version (version) values (${version});
    end if;
  end $migrate$;`
}

// 0 while there are no tables.
async function readVersion(client: SqlClient, schema: string): Promise<number> {
  const table = `${schema}.schema_version`
  const [found] = await client.query('select to_regclass($1::text) is not null as found', [table])
  if (found?.['found'] !== true) return 0
  const [row] = await client.query(`select coalesce(max(version), 0) as version from ${table}`, [])
  return Number(row?.['version'])
}
