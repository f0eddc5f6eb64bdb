import { quoteIdentifier } from '../../lib/sql.ts'
import type { AppModel } from '../model/snapshot.ts'
import type { QueryWorld } from '../query/world.ts'
import { isForbiddenName } from './functions.ts'
import { refuse, type StatementToken } from './tokens.ts'

/** What the server knows about the names in a statement. */
export interface KnownNames {
  /** Functions of PostgreSQL that are not immutable. */
  readonly functions: readonly string[]
  readonly schemas: readonly string[]
}

/** A statement that can reach nothing but the visible columns of visible models. */
export interface Surface {
  /** `WITH` and one SELECT for each model that the statement names, which has the name of its table; empty without any. */
  readonly tables: string
  readonly sql: string
}

/**
 * Encloses a statement. The names of tables become those of SELECTs in front of it, which list the visible columns; with an empty
 * search path no other table is found. A name with a schema is replaced if it is that of a visible model.
 *
 * @throws StudioError `bad_request` for a table of another schema that is not a visible model.
 */
export function toSurface(
  tokens: readonly StatementToken[],
  { schemas }: KnownNames,
  world: QueryWorld,
): Surface {
  const models = world.models.filter(({ fields }) => fields.some(({ sensitive }) => !sensitive))
  const used = new Map<string, AppModel>()
  const parts: string[] = []
  for (let at = 0; at < tokens.length; at++) {
    const token = tokens[at]
    if (!token) break
    const [dot, table] = [tokens[at + 1], tokens[at + 2]]
    const isQualified = token.kind === 'name' && dot?.sql === '.' && schemas.includes(token.name)
    if (isQualified && tokens[at - 1]?.sql !== '.') {
      const found = models.find(
        (model) => (model.schema ?? 'public') === token.name && model.table === table?.name,
      )
      if (!found) throw refuse(`the table "${token.name}.${table?.name ?? ''}" is unknown`)
      const name = `${token.name}.${found.table}`
      used.set(name, found)
      parts.push(quoteIdentifier(name))
      at += 2
      continue
    }
    const found = token.kind === 'name' ? models.find(({ table: one }) => one === token.name) : null
    if (found) used.set(token.name, found)
    parts.push(token.sql)
  }
  const tables = [...used].map(([name, model]) => {
    const columns = model.fields.filter(({ sensitive }) => !sensitive)
    const list = [...new Set(columns.map(({ column }) => quoteIdentifier(column)))].join(', ')
    const from = [model.schema ?? [], model.table].flat().map(quoteIdentifier).join('.')
    return `${quoteIdentifier(name)} as not materialized (select ${list} from ${from} as "~")`
  })
  return { tables: tables.length > 0 ? `with ${tables.join(', ')} ` : '', sql: parts.join(' ') }
}

/**
 * Refuses what a statement must not contain, by the names in it: wherever a function is called, also as an attribute of a row, its
 * name stands in the text.
 *
 * @throws StudioError `bad_request` that names the word at fault.
 */
export function checkNames(tokens: readonly StatementToken[]): void {
  const [first] = tokens
  const starts = ['select', 'with', 'values', 'table']
  if (!first || !(first.sql === '(' || (!first.isQuoted && starts.includes(first.name)))) {
    throw refuse('a statement starts with SELECT, WITH, VALUES or TABLE')
  }
  const found = tokens.find(
    ({ kind, name, isQuoted }) => kind === 'name' && isForbiddenName(name, isQuoted),
  )
  if (found) throw refuse(`"${found.name.slice(0, 63)}" is not possible in a statement`)
  const locks = tokens.some(
    ({ sql }, index) =>
      sql.toLowerCase() === 'for' && /^(update|share|no|key)$/i.test(tokens[index + 1]?.sql ?? ''),
  )
  if (locks) throw refuse('a statement locks no rows')
  // PostgreSQL refuses it too, because the statement is a subquery, but says that the table does not exist.
  const writes = tokens.some(
    ({ name, isQuoted }, index) =>
      !isQuoted &&
      ['insert', 'update', 'delete', 'merge'].includes(name) &&
      tokens[index - 1]?.sql === '(' &&
      /^(as|materialized)$/i.test(tokens[index - 2]?.sql ?? ''),
  )
  if (writes)
    throw refuse('a statement only reads: WITH cannot contain INSERT, UPDATE, DELETE or MERGE')
}
