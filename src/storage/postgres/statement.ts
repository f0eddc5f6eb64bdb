import type { SqlClient, SqlParameter, SqlRow } from './client.ts'

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
      parameters.push(isJson ? JSON.stringify(value) : value)
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

/** Runs a statement. */
export function runStatement(
  client: SqlClient,
  { text, parameters }: Statement,
): Promise<readonly SqlRow[]> {
  return client.query(text, parameters)
}
