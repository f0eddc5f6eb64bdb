import { isSecretName } from '../../lib/secret-names.ts'

/** Options that decide which tables and columns clients can see. */
export interface ExposureOptions {
  /** The tables that clients can see, as names or as a function. All other tables are hidden. @default all */
  expose?: readonly string[] | ((table: string) => boolean)
  /**
   * Columns to hide from clients. A list of `table.column` adds to the default; a function replaces it.
   *
   * @default columns that may hold a secret by their name, table and type: passwords, keys, tokens, one-time codes, numbers of
   *   cards, accounts and persons (docs/security.md)
   */
  sensitive?: readonly string[] | ((table: string, column: string) => boolean)
}

/** Converts the options to functions and applies the defaults. */
export function resolveExposure({ expose, sensitive }: ExposureOptions) {
  const isExposed = Array.isArray(expose)
    ? (table: string) => expose.includes(table)
    : ((expose as ((table: string) => boolean) | undefined) ?? (() => true))
  const isSensitive = (table: string, column: string, type: string) =>
    typeof sensitive === 'function'
      ? sensitive(table, column)
      : isSecretName(column, { table, type }) ||
        (sensitive?.includes(`${table}.${column}`) ?? false)
  return { isExposed, isSensitive }
}
