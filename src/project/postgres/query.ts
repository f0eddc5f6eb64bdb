import { quoteLiteral } from '../../lib/sql.ts'
import type { QueryAnswer, QueryLimits, Row, Statement } from '../database.ts'

/**
 * Settings that the text of values and expressions depends on, and row security. The pool of the caller, the database or the
 * role may have others. They end with the transaction.
 */
export const plainFormats: readonly string[] = [
  `set local timezone = 'UTC'`,
  `set local datestyle = 'ISO, MDY'`,
  `set local intervalstyle = 'postgres'`,
  `set local bytea_output = 'hex'`,
  'set local extra_float_digits = 1',
  'set local quote_all_identifiers = off',
  'set local standard_conforming_strings = on',
  'set local row_security = on',
]

/**
 * Writes a statement as one message that PostgreSQL runs as one implicit read-only transaction, which ends with the message
 * even after an error. The server stops after `timeoutMs`, also when this process can no longer cancel the statement. `guard`
 * is a SELECT that fails if the message starts too late.
 *
 * @throws TypeError for a text that contains a second statement, or a placeholder without a value.
 */
export function toReadOnlyMessage(
  statement: Statement,
  limits: QueryLimits,
  guard: string,
): string {
  const milliseconds = Math.max(1, Math.floor(limits.timeoutMs))
  return [
    'set transaction isolation level repeatable read, read only',
    `set local statement_timeout = ${milliseconds}`,
    `set local lock_timeout = ${Math.min(milliseconds, 2_000)}`,
    ...plainFormats,
    guard,
    limitBytes(fillIn(statement), limits.bytes),
  ].join(';')
}

/** Separates names, texts and placeholders from the rest of an SQL text. */
const token = /"(?:[^"]|"")*"|\bE'(?:[^'\\]|''|\\.)*'|'(?:[^']|'')*'|\$(\d+)|;/gis

/** Replaces placeholders by literals, whose type the server infers from their place, as it does for parameters. */
function fillIn({ text, values }: Statement): string {
  return text.replace(token, (found: string, index: string | undefined) => {
    if (found === ';') throw new TypeError('A statement must not contain another one')
    if (index === undefined) return found
    const value = values[Number(index) - 1]
    if (value === undefined) throw new TypeError(`The statement has no value for ${found}`)
    if (value.includes('\0')) throw invalidText() // it would end the message
    return quoteLiteral(value)
  })
}

/** Returns the error of the server for a text that holds a NUL character. */
function invalidText(): Error {
  return Object.assign(new Error('A text must not contain a NUL character'), { code: '22021' })
}

/** Adds the size of all rows so far to each row, and leaves out the rows behind the one that exceeds the limit. */
function limitBytes(text: string, bytes: number): string {
  if (/^\s*explain\b/i.test(text)) return text
  return (
    'select * from (select "~".*, sum(octet_length("~"::text)) over (rows unbounded preceding) as "~total",' +
    ` octet_length("~"::text) as "~size" from (${text}) as "~") as "~" where "~total" - "~size" <= ${bytes}`
  )
}

/** Returns the rows of the message's last result without the two columns that `limitBytes` added. */
export function toQueryAnswer(
  rows: readonly Row[],
  text: string,
  { bytes }: QueryLimits,
): QueryAnswer {
  if (/^\s*explain\b/i.test(text)) return { rows, truncated: false }
  const whole = rows.filter((row) => Number(row.at(-2)) <= bytes)
  return {
    rows: whole.map((row) => row.slice(0, -2)),
    truncated: whole.length < rows.length,
  }
}
