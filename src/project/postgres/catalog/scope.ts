import { quoteLiteral } from '../../../lib/sql.ts'

/** SQL conditions that pick what is read. Everything below `pg_class` is found through it. */
export interface Scope {
  /** Holds for a chosen `pg_namespace n`. */
  readonly namespaces: string
  /** A FROM item: chosen `pg_class c` of these kinds with its `pg_namespace n`. */
  classes(...kinds: readonly string[]): string
}

/**
 * Chooses schemas by name, or every schema that is neither PostgreSQL's own nor an extension's.
 *
 * The names are literals in the text, for the simple protocol has no parameters.
 */
export function createScope(schemas: readonly string[] | null): Scope {
  const namespaces =
    schemas === null
      ? `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (select from pg_catalog.pg_depend x
          where x.classid = 'pg_catalog.pg_namespace'::regclass and x.objid = n.oid
            and x.deptype = 'e')`
      : `n.nspname = any (array[${schemas.map(quoteLiteral).join(', ')}]::text[])`
  return {
    namespaces,
    classes: (...kinds) => `pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace and ${namespaces}
        and c.relkind in (${kinds.map((kind) => `'${kind}'`).join(', ')})`,
  }
}

/** What has rows: tables, partitioned and foreign tables. */
export const tableKinds = ['r', 'p', 'f'] as const

/** What has columns that are read as columns. */
export const relationKinds = [...tableKinds, 'v', 'm'] as const
