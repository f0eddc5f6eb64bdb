import { isSecretName } from './names.ts'

/** Options that decide which tables and columns clients can see. */
export interface ExposureOptions {
  /** The tables that clients can see, as names or as a function. All other tables are hidden. @default all */
  expose?: readonly string[] | ((table: string) => boolean)
  /**
   * Columns to hide from clients. A list of `table.column` adds to the default; a function replaces it.
   *
   * @default columns whose name suggests a password, secret, token or key
   */
  sensitive?: readonly string[] | ((table: string, column: string) => boolean)
}

/** Converts the options to functions and applies the defaults. */
export function resolveExposure({ expose, sensitive }: ExposureOptions) {
  const isExposed = Array.isArray(expose)
    ? (table: string) => expose.includes(table)
    : ((expose as ((table: string) => boolean) | undefined) ?? (() => true))
  const isSensitive =
    typeof sensitive === 'function'
      ? sensitive
      : (table: string, column: string) =>
          isSecretName(column) || (sensitive?.includes(`${table}.${column}`) ?? false)
  return { isExposed, isSensitive }
}
