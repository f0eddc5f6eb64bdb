import { StudioError } from '../../errors.ts'
import { type DatabaseReader, quoteIdentifier, quoteLiteral } from '../database.ts'
import type { AppliedMigration, MigrationJournal } from '../source.ts'

const tableName = /^[A-Za-z_][\w$]*(\.[A-Za-z_][\w$]*)?$/

/**
 * Reads applied migrations out of a table with a column `name` and, where present, `app_label`, `applied_at` and `id`
 * (contract introspection.md 5.4). A table that does not exist has no rows. Never runs DDL.
 *
 * @throws TypeError for a table that is not a plain name, with or without a schema.
 */
export function tableJournal(table: string): MigrationJournal {
  if (!tableName.test(table)) throw new TypeError(`The table name "${table}" is malformed`)
  return {
    name: table,
    async read(database) {
      const found = await locate(database, table)
      if (!found) return []
      const { rows } = await database.read({ rows: journalSelect(found.from, found.columns) })
      return rows.map(([name, app, appliedAt]) => ({ name, app, appliedAt }) as AppliedMigration)
    },
  }
}

async function locate(
  database: DatabaseReader,
  table: string,
): Promise<{ from: string; columns: Set<unknown> } | null> {
  const { columns } = await database.read({
    columns: `select n.nspname::text, c.relname::text, a.attname::text
      from pg_catalog.pg_class c
      join pg_catalog.pg_namespace n on n.oid = c.relnamespace
      join pg_catalog.pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
      where c.oid = pg_catalog.to_regclass(${quoteLiteral(table)})`,
  })
  const [first] = columns
  if (!first) return null
  const [schema, relation] = first as readonly string[]
  return {
    from: `${quoteIdentifier(schema ?? '')}.${quoteIdentifier(relation ?? '')}`,
    columns: new Set(columns.map(([, , column]) => column)),
  }
}

function journalSelect(from: string, columns: ReadonlySet<unknown>): string {
  if (!columns.has('name')) {
    throw new StudioError('unavailable', 'the table of applied migrations has no column "name"')
  }
  const app = columns.has('app_label') ? 'app_label::text' : 'null::text'
  const time = columns.has('applied_at')
    ? '(extract(epoch from applied_at) * 1000)::float8'
    : 'null'
  const order = ['applied_at', 'id'].filter((column) => columns.has(column))
  const sorting = order.length > 0 ? ` order by ${order.join(', ')}` : ''
  return `select name::text, ${app}, ${time} from ${from}${sorting}`
}
