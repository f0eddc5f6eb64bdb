import { quoteLiteral } from '../../../lib/sql.ts'

/** SQL that picks what is read. Everything below `pg_class` is found through it. */
export interface Scope {
  /**
   * The SELECTs to send first, for this transaction alone: `path` empties `search_path`, on which the text of types and
   * expressions depends, and `choice` notes the chosen schemas in a setting, so that no other has to find them again.
   */
  readonly first: Readonly<Record<'path' | 'choice', string>>
  /** A FROM item: the oids of the chosen schemas, as `chosen`. */
  readonly chosen: string
  /** A FROM item: `pg_class c` of these kinds in chosen schemas. */
  classes(...kinds: readonly string[]): string
  /** The same with its `pg_namespace n`. */
  namedClasses(...kinds: readonly string[]): string
}

/**
 * Chooses schemas by name, or every schema that is neither PostgreSQL's own nor an extension's.
 *
 * The names are literals in the text, for the simple protocol has no parameters.
 */
export function createScope(schemas: readonly string[] | null): Scope {
  const condition =
    schemas === null
      ? `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (select from pg_catalog.pg_depend x
          where x.classid = 'pg_catalog.pg_namespace'::regclass and x.objid = n.oid
            and x.deptype = 'e')`
      : `n.nspname = any (array[${schemas.map(quoteLiteral).join(', ')}]::text[])`
  const chosen = `unnest(current_setting('studio.schemas')::oid[]) chosen(oid)`
  const classes = (...kinds: readonly string[]) => `pg_catalog.pg_class c
      join ${chosen} on chosen.oid = c.relnamespace
        and c.relkind in (${kinds.map((kind) => `'${kind}'`).join(', ')})`
  return {
    first: {
      path: `select pg_catalog.set_config('search_path', '', true)`,
      choice: `select set_config('studio.schemas', coalesce(array_agg(n.oid), '{}')::text, true)
        from pg_catalog.pg_namespace n where ${condition}`,
    },
    chosen,
    classes,
    namedClasses: (...kinds) => `${classes(...kinds)}
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace`,
  }
}

/** What has rows: tables, partitioned and foreign tables. */
export const tableKinds = ['r', 'p', 'f'] as const

/** What has columns that are read as columns. */
export const relationKinds = [...tableKinds, 'v', 'm'] as const
