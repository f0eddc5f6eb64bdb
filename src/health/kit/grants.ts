import { quoteLiteral } from '../../lib/sql.ts'
import { compareText } from '../../lib/text.ts'
import type { DatabaseReader } from '../../project/database.ts'
import { append } from '../../lib/groups.ts'

/** What the exposed roles may read and run. A table or view has the key `schema.name`, a function `schema.name(arguments)`. */
export interface Grants {
  /** The requested roles that exist, sorted; `public` stands for every role. */
  readonly roles: readonly string[]
  /** For each table or view, its readable columns with the roles that may read them. A table that none of them may read is missing. */
  readonly columns: ReadonlyMap<string, ReadonlyMap<string, readonly string[]>>
  /** For each SECURITY DEFINER function, the roles that may run it. */
  readonly functions: ReadonlyMap<string, readonly string[]>
}

/** The grants when no role is exposed. */
export const noGrants: Grants = { roles: [], columns: new Map(), functions: new Map() }

/** Reads what these roles may read and run, in one round trip. Roles that do not exist are left out. */
export async function readGrants(
  database: DatabaseReader,
  roles: readonly string[],
): Promise<Grants> {
  if (roles.length === 0) return noGrants
  const answer = await database.read(toSelects(roles))
  const rows = answer as unknown as GrantRows
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

interface GrantRows {
  readonly roles: readonly (readonly [role: string])[]
  readonly columns: readonly (readonly [role: string, table: string, column: string])[]
  readonly functions: readonly (readonly [role: string, routine: string])[]
}

function byText(a: readonly string[], b: readonly string[]): number {
  return compareText(a.join('\n'), b.join('\n'))
}

function toSelects(roles: readonly string[]) {
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
    // a table without any grant is readable by its owner alone, so it is not looked at
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
