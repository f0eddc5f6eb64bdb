import { quoteLiteral } from '../../../lib/sql.ts'

/** SQL fragments that limit a catalog read to the chosen schemas. */
export interface Scope {
  /**
   * The SELECTs to run first; both set a transaction-local setting. `path` empties `search_path`, which affects the text of
   * types and expressions. `choice` stores the oids of the chosen schemas, so that later SELECTs need not find them again.
   */
  readonly first: Readonly<Record<'path' | 'choice', string>>
  /** A FROM item with the oids of the chosen schemas, named `chosen`. */
  readonly chosen: string
  /** Returns SQL that prints an expression of a relation or of a domain's constraint, whose oid is `owner`; empty while a lock prevents it. */
  expression(owner: string, text: string): string
  /** Returns a FROM item: `pg_class c` of these kinds in the chosen schemas. */
  classes(...kinds: readonly string[]): string
  /** Returns the FROM item of `classes`, joined with `pg_namespace n`. */
  namedClasses(...kinds: readonly string[]): string
}

/**
 * Chooses schemas by name, or with null every schema that belongs neither to PostgreSQL nor to an extension.
 *
 * The names are literals in the text, because the simple protocol has no parameters. `leftOut` lists the oids of relations
 * whose expressions are not read.
 */
export function createScope(
  schemas: readonly string[] | null,
  leftOut: readonly number[] = [],
): Scope {
  const condition =
    schemas === null
      ? `n.nspname !~ '^pg_' and n.nspname <> 'information_schema'
        and not exists (select from pg_catalog.pg_depend x
          where x.classid = 'pg_catalog.pg_namespace'::regclass and x.objid = n.oid
            and x.deptype = 'e')`
      : `n.nspname = any (array[${schemas.map(quoteLiteral).join(', ')}]::text[])`
  const chosen = `unnest(current_setting('studio.schemas')::oid[]) chosen(oid)`
  const locked = leftOut.join(', ')
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
    expression: (owner, text) =>
      locked === '' ? text : `case when ${owner} not in (${locked}) then ${text} else '' end`,
    namedClasses: (...kinds) => `${classes(...kinds)}
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace`,
  }
}

/** The `relkind` of ordinary, partitioned and foreign tables. */
export const tableKinds = ['r', 'p', 'f'] as const

/** The `relkind` of tables, views and materialized views. */
export const relationKinds = [...tableKinds, 'v', 'm'] as const
