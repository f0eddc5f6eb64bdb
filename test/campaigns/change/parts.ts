import type { Sql } from 'postgres'
import { type StudioOptions } from '../../../src/index.ts'
import { postgresDatabase, postgresStores, sqlMigrator } from '../../../src/postgres.ts'
import { shopProject } from '../../support/codegen.ts'
import { type Steps, watchedParts } from '../../support/mortal.ts'

/** The folder, the stores and the database of a process that changes files and runs migrations. */
export interface ProcessParts {
  readonly root: string
  readonly leaseMs: number
  readonly commit: boolean
  /** The pool of the stores. */
  readonly kept: Sql
  /** The pool of the project's database; null for a process that only edits files. */
  readonly shop: Sql | null
}

/** Returns the options of a studio that takes patches and, with a database, migrations and plans. Its steps can be watched. */
export function toOptions(
  { root, leaseMs, kept, shop, commit }: ProcessParts,
  steps: Steps,
): StudioOptions {
  const stores = postgresStores(kept)
  if (!stores.changes) throw new Error('PostgreSQL keeps change sets')
  const shared = {
    ...watchedParts({ root, stores, changes: stores.changes, commit }, steps),
    leaseMs,
  }
  if (!shop) return { ...shared, allow: ['ai_patch'], changes: { approve: 'never' } }
  return {
    ...shared,
    project: shopProject({ root }),
    database: postgresDatabase(shop),
    allow: ['ai_patch', 'ai_codegen', 'ai_planner', 'apply_migrations', 'read_data'],
    changes: { approve: 'never', migrator: sqlMigrator(watchSql(shop, steps)) },
    snapshotMaxAgeMs: 0,
  }
}

/** How long after its sending a message of the migrator counts as a step again: PostgreSQL may be at work on it. */
const midwayMs = 3

/** Makes a pool each of whose messages is a step when it is sent, and one more a little later. */
function watchSql(sql: Sql, steps: Steps): Sql {
  return new Proxy(sql, {
    get(from, name, receiver) {
      if (name !== 'unsafe') return Reflect.get(from, name, receiver) as unknown
      return (text: string) => {
        steps.onStep('message')
        setTimeout(() => steps.onStep('midway'), midwayMs).unref()
        return from.unsafe(text)
      }
    },
  })
}
