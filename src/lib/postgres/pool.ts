import type { Sql } from 'postgres'

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

/** The length in bytes from which postgres.js 3.4.9 writes a message at once. It lets shorter ones wait for the next turn. */
const waitsBelow = 1024

/**
 * Pads the text of a message, so that it never waits to be written. A connection that closes while a message waits keeps it,
 * writes nothing from then on, not even the start of a new connection, and so is lost to its pool.
 *
 * @see docs/decisions/184-messages-are-padded.md
 */
export function padMessage(text: string): string {
  return text.padEnd(waitsBelow)
}

/**
 * Returns a function that finds the pool whose raw rows are as the server sent them. A row transform is the only option that
 * also applies to raw rows, so a pool with one gets a second pool, with the same options but the transform.
 */
export function plainPoolOf(sql: Sql): () => Sql | Promise<Sql> {
  let plain: Promise<Sql> | undefined
  return () => (sql.options.transform.row.from ? (plain ??= withoutTransform(sql)) : sql)
}

/** Opens a pool with the same options but the transform. Its connections end by themselves when they are idle. */
async function withoutTransform({ options }: Sql): Promise<Sql> {
  const { default: postgres } = await import('postgres')
  const none = { from: undefined, to: undefined }
  const transform = { undefined: undefined, column: none, value: none, row: none }
  // postgres.js takes parsed options as they are, as its own `listen` passes them
  const parsed = { ...options, transform, idle_timeout: idleSeconds }
  return postgres(parsed as unknown as Parameters<typeof postgres>[0] & object)
}

const idleSeconds = 5
