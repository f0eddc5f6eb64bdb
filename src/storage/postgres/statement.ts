import type { SqlParameter } from './driver/driver.ts'

/** A statement: common table expressions, the query that returns its rows, and the parameters of both. */
export interface Statement {
  readonly parts: readonly string[]
  readonly text: string
  readonly parameters: readonly SqlParameter[]
  /** Whether the text is one of few, so that a connection plans it once and keeps the plan. */
  readonly isPrepared: boolean
}

/** Makes a statement of a text that never changes. */
export function statement(text: string, parameters: readonly SqlParameter[]): Statement {
  return { parts: [], text, parameters, isPrepared: true }
}

/** SQL: the time of the database, truncated to milliseconds as records keep it. */
export const now = `date_trunc('milliseconds', now())`

/** Stands between the values of a list. JSON contains it only escaped. */
const separator = '\u001e'

/** Builds one statement from named parts (CTEs), and numbers its parameters. */
export function createStatement() {
  const parameters: SqlParameter[] = []
  const parts: string[] = []
  return {
    /** Adds a parameter and returns its placeholder. Objects become `jsonb`. */
    bind(value: SqlParameter | object, type = 'text'): string {
      const isJson = typeof value === 'object' && value !== null
      parameters.push(isJson ? toStorableJson(value) : value)
      return `$${parameters.length}::${isJson ? 'text::jsonb' : type}`
    },
    /** Adds rows, and returns a table of their whole numbers and of one text or JSON value each. */
    bindList<Row extends Readonly<Record<string, unknown>>>(
      rows: readonly Row[],
      numbers: readonly (keyof Row)[],
      value: keyof Row,
    ): string {
      const columns = numbers.map((name) => {
        parameters.push(`{${rows.map((row) => row[name]).join(',')}}`)
        return `unnest($${parameters.length}::text::integer[])`
      })
      const texts = rows.map(({ [value]: text }) =>
        typeof text === 'string' ? text : toStorableJson(text),
      )
      parameters.push(texts.join(separator))
      return `rows from (${columns.join(', ')}, string_to_table($${parameters.length}::text, chr(30)))`
    },
    /** Adds a common table expression with this name. */
    part(name: string, text: string): void {
      parts.push(`${name} as (${text})`)
    },
    /** Ends the statement with the query whose rows it returns. */
    select(text: string, { isPrepared = false } = {}): Statement {
      return { parts, text, parameters, isPrepared }
    },
  }
}

/** Encodes JSON for `jsonb`, which accepts no NUL and no lone surrogate: U+FFFD replaces them. */
export function toStorableJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json.includes('\\u')) return json
  return json.replaceAll(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\ufffd')
}

/** Prepares a string for the type `text`, which accepts no NUL: U+FFFD replaces it. */
export function toStorableText(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}

/** SQL: a list of ids as an array. */
export function listed(
  bind: ReturnType<typeof createStatement>['bind'],
  ids: readonly string[],
): string {
  return `array(select jsonb_array_elements_text(${bind(ids)}))`
}
