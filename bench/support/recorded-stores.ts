import type { Sql } from 'postgres'
import { postgresClient, type SqlClient } from '../../src/storage/postgres/client.ts'
import { createStores } from '../../src/storage/postgres/index.ts'
import type { Statement } from '../../src/storage/postgres/statement.ts'
import type { Stores } from '../../src/storage/store.ts'

/** Stores that record their SQL statements. */
export interface RecordedStores {
  readonly stores: Stores
  /** The recording driver, for stores with other options. */
  readonly client: SqlClient
  /** Returns the statements since the last call. */
  take(): Statement[]
}

/** Makes PostgreSQL stores that record every statement they run. */
export function recordStores(sql: Sql): RecordedStores {
  let statements: Statement[] = []
  const driver = postgresClient(sql)
  const client: SqlClient = {
    ...driver,
    query(text, parameters) {
      statements.push({ text, parameters })
      return driver.query(text, parameters)
    },
  }
  return {
    client,
    stores: createStores(client, {}),
    take() {
      const taken = statements
      statements = []
      return taken
    },
  }
}
