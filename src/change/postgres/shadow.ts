import type { Sql } from 'postgres'
import { withDeadline } from '../../lib/deadline.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkCount, checkDuration } from '../../lib/options/numbers.ts'
import { quoteIdentifier } from '../../lib/sql.ts'
import type { Shadow } from '../module.ts'
import type { ShadowOutcome, ShadowTrial } from '../shadow-trial.ts'
import { createConnector, explainMaking, type ShadowSession } from './shadow-session.ts'
import { dropLeftovers, toShadowName } from './shadow-names.ts'
import { tryMigration } from './try-migration.ts'

/** Options of `postgresShadow`. Each has a default. */
export interface PostgresShadowOptions {
  /**
   * The database that is copied. PostgreSQL copies only a database that nobody is connected to: name one that your backups or
   * your migrations keep, such as `shop_template`. @default the database of the pool
   */
  readonly template?: string
  /**
   * Fills an empty database instead of copying one, for example with the migrations of the project. The pool is that of the
   * shadow, and is closed afterwards. @default none
   */
  readonly fill?: (shadow: { readonly sql: Sql; readonly database: string }) => Promise<unknown>
  /** How long one trial may take in all, in milliseconds. @default 60_000 */
  readonly timeoutMs?: number
  /** How many trials may run at once in this process. One more is told that it was not made. @default 2 */
  readonly concurrency?: number
}

const knownOptions: KnownKeys<PostgresShadowOptions> = {
  template: true,
  fill: true,
  timeoutMs: true,
  concurrency: true,
}

/**
 * Tries migrations on a database of its own, which is made for each trial and dropped after it: a copy of `template`, or an empty
 * one that `fill` fills. The role of `source` needs CREATEDB; give it a pool or a connection string of its own. Where the copy
 * has not the structure of the database, or cannot be made, the migration says that it was not tried, and why. What a process
 * leaves behind when it ends is dropped by a later trial, 10 minutes after its time.
 *
 * @throws TypeError for an unknown option, for `template` beside `fill`, and for a limit that is no number.
 * @example
 * new Studio([], { changes: { shadow: postgresShadow(adminUrl, { template: 'shop_template' }), proof: 'required' }, … })
 */
export function postgresShadow(source: Sql | string, options: PostgresShadowOptions = {}): Shadow {
  refuseUnknownKeys('postgresShadow', options, knownOptions)
  const { template, fill, concurrency = 2 } = options
  if (template !== undefined && fill) {
    throw new TypeError('postgresShadow takes either template or fill')
  }
  checkCount('postgresShadow.concurrency', concurrency, 1)
  const timeoutMs = checkDuration('postgresShadow.timeoutMs', options.timeoutMs ?? 60_000)
  const connect = createConnector(source, timeoutMs)
  let running = 0
  return {
    async run(trial: ShadowTrial): Promise<ShadowOutcome> {
      if (running >= concurrency) {
        return {
          kind: 'not_made',
          reason: `${concurrency} migrations are being tried already, the most that may be`,
        }
      }
      running++
      try {
        return await runTrial({ connect, template, fill, timeoutMs }, trial)
      } finally {
        running--
      }
    },
  }
}

interface Maker {
  readonly template: string | undefined
  readonly fill: PostgresShadowOptions['fill'] | undefined
  readonly connect: (database: string | null) => Promise<ShadowSession>
  readonly timeoutMs: number
}

/** Time for dropping the shadow after the deadline of a trial, in milliseconds. */
const dropMs = 15_000

async function runTrial(maker: Maker, trial: ShadowTrial): Promise<ShadowOutcome> {
  const { connect, timeoutMs } = maker
  const late = new DOMException(`it took more than ${timeoutMs} ms`, 'TimeoutError')
  const sessions: ShadowSession[] = []
  let made: { readonly admin: ShadowSession; readonly name: string } | undefined
  try {
    return await withDeadline(timeoutMs, late, async (signal) => {
      const open = async (database: string | null) => {
        const session = await connect(database)
        if (signal.aborted) await session.close()
        signal.throwIfAborted()
        sessions.push(session)
        return session
      }
      const admin = await open(null)
      await dropLeftovers(admin, timeoutMs + dropMs)
      const name = await toShadowName(admin)
      made = { admin, name }
      await create(admin, name, maker)
      const session = await open(name)
      await maker.fill?.({ sql: session.sql, database: name })
      signal.throwIfAborted()
      return tryMigration(session, trial)
    })
  } catch (error) {
    return { kind: 'not_made', reason: error === late ? late.message : explainMaking(error) }
  } finally {
    if (made) await drop(made.admin, made.name)
    await Promise.all(sessions.map((session) => session.close()))
  }
}

async function create(
  admin: ShadowSession,
  name: string,
  { template, fill }: Maker,
): Promise<void> {
  const from = fill ? 'template0' : (template ?? (await currentDatabase(admin)))
  await admin.run(`create database ${quoteIdentifier(name)} template ${quoteIdentifier(from)}`)
}

async function currentDatabase(admin: ShadowSession): Promise<string> {
  const [row] = await admin.run('select pg_catalog.current_database() as name')
  return String(row?.['name'])
}

/** Never rejects: what cannot be dropped now is dropped by a later trial. */
async function drop(admin: ShadowSession, name: string): Promise<void> {
  const statement = `drop database if exists ${quoteIdentifier(name)} with (force)`
  const late = new Error('The shadow could not be dropped in time')
  await withDeadline(dropMs, late, () => admin.run(statement)).catch(() => undefined)
}
