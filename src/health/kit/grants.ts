import { quoteLiteral } from '../../lib/sql.ts'
import { compareText } from '../../lib/text.ts'
import type { DatabaseReader } from '../../project/database.ts'
import { append } from '../../lib/groups.ts'

/** What the exposed roles may read and run. Keys are `schema.name`, of functions `schema.name(arguments)`. */
export interface Exposure {
  /** Which of the roles asked about exist; `public` stands for everybody. */
  readonly roles: readonly string[]
  /** Columns by table or view, then roles that may read them; tables nobody may read are missing. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** Roles that may run a SECURITY DEFINER function. */
  readonly functions: ReadonlyMap<string, readonly string[]>
}

/** Nothing is known to be exposed. */
export const noExposure: Exposure = { roles: [], columns: new Map(), functions: new Map() }

/**
 * Reads what these roles may read, in one round trip. Roles that do not exist are left out. Tables without any grant
 * are not asked about: nobody but their owner reads them.
 */
export async function readExposure(
  database: DatabaseReader,
  roles: readonly string[],
): Promise<Exposure> {
  if (roles.length === 0) return noExposure
  const answer = await database.read(exposureSelects(roles))
  const rows = answer as unknown as ExposureRows
  const columns = new Map<string, Map<string, string[]>>()
  for (const [role, table, column] of rows.columns.toSorted(byText)) {
    const readers = columns.get(table) ?? new Map<string, string[]>()
    columns.set(table, readers)
    append(readers, column, role)
  }
  const functions = new Map<string, string[]>()
  for (const [role, routine] of rows.functions.toSorted(byText)) append(functions, routine, role)
  return { roles: rows.roles.map(([role]) => role).sort(), columns, functions }
}

interface ExposureRows {
  readonly roles: readonly (readonly [role: string])[]
  readonly columns: readonly (readonly [role: string, table: string, column: string])[]
  readonly functions: readonly (readonly [role: string, routine: string])[]
}

function byText(a: readonly string[], b: readonly string[]): number {
  return compareText(a.join('\n'), b.join('\n'))
}

function exposureSelects(roles: readonly string[]) {
  const named = `roles as (
      select 'public'::text as role where 'public' in (${roles.map(quoteLiteral).join(', ')})
      union all
      select rolname::text from pg_catalog.pg_roles where rolname in (${roles.map(quoteLiteral).join(', ')})
    ), open as materialized (
      select r.role, n.oid, n.nspname from roles r cross join pg_catalog.pg_namespace n
      where n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and has_schema_privilege(r.role, n.oid, 'USAGE')
    )`
  return {
    roles: `with ${named} select role from roles`,
    columns: `with ${named}, relations as materialized (
        select o.role, o.nspname, c.oid, c.relname, has_table_privilege(o.role, c.oid, 'SELECT') as whole
        from open o join pg_catalog.pg_class c on c.relnamespace = o.oid and c.relkind in ('r', 'p', 'f', 'v', 'm')
        where c.relacl is not null or exists (select from pg_catalog.pg_attribute a
          where a.attrelid = c.oid and a.attacl is not null)
      )
      select r.role, r.nspname || '.' || r.relname, a.attname::text
      from relations r
      join pg_catalog.pg_attribute a on a.attrelid = r.oid and a.attnum > 0 and not a.attisdropped
      where r.whole or (a.attacl is not null and has_column_privilege(r.role, r.oid, a.attnum, 'SELECT'))`,
    functions: `with ${named}
      select o.role, o.nspname || '.' || p.proname || '(' || pg_get_function_identity_arguments(p.oid) || ')'
      from open o join pg_catalog.pg_proc p on p.pronamespace = o.oid and p.prosecdef
      where has_function_privilege(o.role, p.oid, 'EXECUTE')`,
  }
}
