import { isSecretName } from './names.ts'

/** Which tables and columns clients may know of. */
export interface ExposureOptions {
  /** Tables that clients may know of, by name or by a function. The others stay out of every answer. @default all */
  expose?: readonly string[] | ((table: string) => boolean)
  /**
   * Columns to keep from clients, as `table.column` beside those that tell by their name, or by a function that decides alone.
   *
   * @default those that by their name hold a password, secret, token or key
   */
  sensitive?: readonly string[] | ((table: string, column: string) => boolean)
}

/** Makes functions of what was given as lists. */
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
