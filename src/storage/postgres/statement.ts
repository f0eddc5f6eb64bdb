import type { SqlParameter } from './client.ts'

/** A statement with its parameters. */
export interface Statement {
  readonly text: string
  readonly parameters: readonly SqlParameter[]
}

/** The database's time, to the millisecond: what records can hold. */
export const now = `date_trunc('milliseconds', now())`

/** Collects the parts and parameters of one statement. */
export function createStatement() {
  const parameters: SqlParameter[] = []
  const parts: string[] = []
  return {
    /** Adds a parameter and gives back how the text names it; objects become `jsonb`. */
    bind(value: SqlParameter | object, type = 'text'): string {
      const isJson = typeof value === 'object' && value !== null
      parameters.push(isJson ? toStorableJson(value) : value)
      return `$${parameters.length}::${isJson ? 'text::jsonb' : type}`
    },
    /** Adds a named query that runs before the last. */
    part(name: string, text: string): void {
      parts.push(`${name} as (${text})`)
    },
    select(text: string): Statement {
      return { text: parts.length > 0 ? `with ${parts.join(', ')} ${text}` : text, parameters }
    },
  }
}

/** JSON that `jsonb` takes: it has no NUL and no half of a surrogate pair, so U+FFFD stands for these. */
export function toStorableJson(value: unknown): string {
  const json = JSON.stringify(value)
  if (!json.includes('\\u')) return json
  return json.replaceAll(/(?<!\\)((?:\\\\)*)\\u(?:0000|d[89a-f][0-9a-f]{2})/g, '$1\ufffd')
}

/** A text as the type `text` takes it: U+FFFD stands for NUL. */
export function toStorableText(text: string): string {
  return text.replaceAll('\0', '\ufffd')
}
