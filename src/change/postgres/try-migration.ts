import { errorCode } from '../../lib/failures/error-code.ts'
import { toPublicError } from '../../lib/redact.ts'
import { describeFailure } from '../../project/failure.ts'
import { readCatalog } from '../../project/postgres/catalog/read.ts'
import { postgresDatabase } from '../../project/postgres/port.ts'
import { structureChecksum } from '../schema/catalog-structure.ts'
import type { ShadowFailure, ShadowOutcome, ShadowTrial } from '../shadow-trial.ts'
import type { ShadowSession } from './shadow-session.ts'

/** Runs the parts of a migration as a tool does, if the copy has the structure that it should have. */
export async function tryMigration(
  session: ShadowSession,
  trial: ShadowTrial,
): Promise<ShadowOutcome> {
  const { schemas, parts, structure } = trial
  const database = postgresDatabase(session.sql)
  const before = await readCatalog(database, { schemas })
  if ((await structureChecksum(before)) !== structure) return { kind: 'other', catalog: before }
  const start = performance.now()
  for (const { isTransaction, sql } of parts) {
    const statements = isTransaction ? ['begin', ...sql, 'commit'] : sql
    for (const statement of statements) {
      try {
        await session.run(statement)
      } catch (error) {
        if (errorCode(error).length !== 5) throw error // the connection was lost
        return { kind: 'failed', statement, error: toFailure(error) }
      }
    }
  }
  const ms = Math.round(performance.now() - start)
  return { kind: 'ran', ms, catalog: await readCatalog(database, { schemas }) }
}

/** Errors about a value repeat it in their message, so those are described by their class. */
function toFailure(error: unknown): ShadowFailure {
  const code = errorCode(error)
  const described = code.startsWith('22') ? describeFailure(error) : null
  return { code, message: described ?? toPublicError(error).message }
}
