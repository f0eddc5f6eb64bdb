import { StudioError } from '../../errors.ts'
import { quotePlainLiteral } from '../../lib/sql.ts'
import type { SqlDriver } from './driver/driver.ts'
import { migrations } from './tables.ts'

/** How to prepare the tables. */
export interface PrepareOptions {
  /** Whether to create or upgrade the tables, or only to check their version. @default true */
  readonly migrate?: boolean
  /** The statements of each migration. @default those of this version */
  readonly steps?: readonly string[]
}

/** A migration that waits longer for a lock gives up, because every statement on the table queues behind it. */
const lockTimeoutMs = 5_000

/**
 * Creates or upgrades the tables in one transaction under an advisory lock, so that one of many starting processes does it.
 * The role needs the right to create objects only when something is missing.
 *
 * @throws StudioError `unavailable` when the tables are newer than this version, or older and `migrate` is false.
 * @throws when the database cannot be reached, or the role may not create what is missing.
 */
export async function prepareTables(
  driver: SqlDriver,
  schema: string,
  { migrate = true, steps = migrations }: PrepareOptions = {},
): Promise<void> {
  const version = await readVersion(driver, schema)
  if (version > steps.length) throw wrongVersion(version, steps.length, 'install a newer version')
  if (version === steps.length) return
  if (!migrate) throw wrongVersion(version, steps.length, 'run `npx fetch-studio migrate`')
  const lockName = quotePlainLiteral(`fetch-studio ${schema}`)
  await driver.script(`
    select pg_catalog.set_config('lock_timeout', '${lockTimeoutMs * 2}', true);
    select pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended(${lockName}, 0));
    select pg_catalog.set_config('lock_timeout', '${lockTimeoutMs}', true);
    do $prepare$ begin
      if to_regnamespace(${quotePlainLiteral(schema)}) is null then create schema ${schema}; end if;
    end $prepare$;
    create table if not exists ${schema}.schema_version (
      version integer primary key, applied_at timestamptz not null default now());
    ${steps.map((statements, index) => migrateTo(schema, index + 1, statements)).join('\n')}`)
}

function wrongVersion(version: number, known: number, remedy: string): StudioError {
  return new StudioError(
    'unavailable',
    `The tables of the stores have version ${version}, and this version of fetch-studio works with ${known}: ${remedy}`,
  )
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
async function readVersion(driver: SqlDriver, schema: string): Promise<number> {
  const table = `${schema}.schema_version`
  const [found] = await driver.query('select to_regclass($1::text)::text', [table])
  if (!found?.[0]) return 0
  const [row] = await driver.query(`select coalesce(max(version), 0)::text from ${table}`, [])
  return Number(row?.[0])
}
