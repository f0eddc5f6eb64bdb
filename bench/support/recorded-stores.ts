import type { Sql } from 'postgres'
import type { SqlDriver } from '../../src/storage/postgres/driver/driver.ts'
import { postgresDriver } from '../../src/storage/postgres/driver/postgres-js.ts'
import { createStores } from '../../src/storage/postgres/index.ts'
import type { Statement } from '../../src/storage/postgres/statement.ts'
import type { Stores } from '../../src/storage/store.ts'

/** Stores that record their SQL statements. */
export interface RecordedStores {
  readonly stores: Stores
  /** The recording driver, for stores with other options. */
  readonly driver: SqlDriver
  /** Returns the statements since the last call. */
  take(): Statement[]
}

/** Makes PostgreSQL stores that record every statement they run. */
export function recordStores(sql: Sql): RecordedStores {
  let statements: Statement[] = []
  const plain = postgresDriver(sql)
  const driver: SqlDriver = {
    ...plain,
    query(text, parameters, isPrepared) {
      statements.push({ parts: [], text, parameters, isPrepared: isPrepared === true })
      return plain.query(text, parameters, isPrepared)
    },
  }
  return {
    driver,
    stores: createStores(driver, {}),
    take() {
      const taken = statements
      statements = []
      return taken
    },
  }
}
