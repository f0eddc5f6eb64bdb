import type { Exchange } from '../../http/exchange.ts'
import type { Database, OpenDatabase } from '../../project/database.ts'

/** Runs `use` with the database, or with one that is opened for this request and closed after it. */
export async function withRequestDatabase<T>(
  source: Database | OpenDatabase | null,
  { env, request, context }: Exchange,
  use: (database: Database | null) => Promise<T>,
): Promise<T> {
  if (typeof source !== 'function') return use(source)
  const database = openDatabase(source, { env, request })
  try {
    return await use(database)
  } finally {
    const closed = Promise.resolve(database.close?.()).catch(() => undefined)
    if (context.waitUntil) context.waitUntil(closed)
    else await closed
  }
}

/** Never throws: a database that cannot be opened behaves like one that is unavailable. */
function openDatabase(open: OpenDatabase, request: Parameters<OpenDatabase>[0]): Database {
  try {
    return open(request)
  } catch (error) {
    const fail = () => Promise.reject(error)
    return {
      dialect: 'postgresql',
      ping: fail,
      query: fail,
      read: fail,
      pool: () => ({ size: 0, available: 0 }),
    }
  }
}
