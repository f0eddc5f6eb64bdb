/** The members of a postgres.js pool that its types leave out. */
interface PoolOptions {
  fetch_types: boolean
  readonly shared: { readonly typeArrayMap: Readonly<Record<string, number>> }
}

/**
 * Keeps a pool from reading the array types again each time it connects. postgres.js 3.4.9 handles no failure of that read,
 * so a connection that ends during it would end the process. All connections of a pool share what the first one has read.
 *
 * @see docs/decisions/096-array-types-are-read-once.md
 */
export function readTypesOnce(sql: { readonly options: unknown }): void {
  const options = sql.options as PoolOptions
  if (!options.fetch_types || Object.keys(options.shared.typeArrayMap).length === 0) return
  options.fetch_types = false
}
