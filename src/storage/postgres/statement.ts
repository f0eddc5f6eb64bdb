import type { SqlParameter } from './driver/driver.ts'

/** A statement: common table expressions, the query that returns its rows, and the parameters of both. */
export interface Statement {
  readonly parts: readonly string[]
  readonly text: string
  readonly parameters: readonly SqlParameter[]
}

/** Makes a statement of a text alone. */
export function statement(text: string, parameters: readonly SqlParameter[]): Statement {
  return { parts: [], text, parameters }
}

/** SQL: the time of the database, truncated to milliseconds as records keep it. */
export const now = `date_trunc('milliseconds', now())`

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
    /** Adds a common table expression with this name. */
    part(name: string, text: string): void {
      parts.push(`${name} as (${text})`)
    },
    /** Ends the statement with the query whose rows it returns. */
    select(text: string): Statement {
      return { parts, text, parameters }
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
