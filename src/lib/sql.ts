/** Quotes a text as an SQL literal with the same meaning under every setting of `standard_conforming_strings`. */
export function quoteLiteral(text: string): string {
  return `E'${text.replace(/\\/g, '\\\\').replace(/'/g, "''")}'`
}

/**
 * Quotes a text as a plain SQL literal, the form in which PostgreSQL prints one and a person types one. A backslash stands
 * for itself only under `standard_conforming_strings = on`, which is the default. Use `quoteLiteral` for SQL that we run.
 */
export function quotePlainLiteral(text: string): string {
  return `'${text.replaceAll("'", "''")}'`
}

/** Quotes a name as an SQL identifier. */
export function quoteIdentifier(name: string): string {
  return `"${name.replaceAll('"', '""')}"`
}
