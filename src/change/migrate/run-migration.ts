import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { parse } from '../../http/parse.ts'
import { withDeadline } from '../../lib/deadline.ts'
import { isoTime } from '../../lib/clock.ts'
import { describeFailure } from '../../project/failure.ts'
import type { ChangeSet, MigrationRun } from '../../records/change.ts'
import type { ChangeModule, ChangeWork } from '../module.ts'
import type { WireChangeSet } from '../sets/change-answers.ts'
import { accept, goOn, prefersAsync, requireRoom } from '../sets/background.ts'
import { expectedDigest } from '../sets/decide.ts'
import { startWork } from '../sets/endpoints.ts'
import { type HeldChange, hold } from '../sets/held.ts'
import { permit } from '../sets/permit.ts'
import { callerOf, conflict, type NewEvent, nextState } from '../sets/state.ts'
import { toWireChange } from '../sets/views.ts'
import { admitMigration, type MigrationRequest } from './admit-migration.ts'
import { checkDatabase, judge } from './check-database.ts'
import { toJob } from './job.ts'

/** The body of `POST /ai/changes/:id/migrate`. */
export const migrateBodySchema = z
  .strictObject({
    expected_digest: expectedDigest,
    direction: z
      .enum(['up', 'down'])
      .default('up')
      .describe('`down` takes back what `up` has done, where the migration can.'),
  })
  .meta({ id: 'ChangeMigrationRequest', description: 'Which migration runs, and which way.' })

/** Which migration a request asks for, with the body as it came. */
interface Asked {
  readonly id: string
  readonly body: unknown
}

/**
 * Answers `POST /ai/changes/:id/migrate`: runs the migration of an applied change set in the database, or takes it back, and
 * compares the database with what was predicted. It goes on when the client leaves; the change set then says how it ended. With
 * `Prefer: respond-async` it answers as soon as it has begun.
 *
 * @throws StudioError `conflict` with a reason, `not_found`, `unprocessable` when the migration fails.
 */
export async function answerMigration(
  module: ChangeModule,
  exchange: Exchange,
  asked: Asked,
): Promise<WireChangeSet | Response> {
  if (!prefersAsync(exchange)) return migrateChange(module, exchange, asked)
  const work = await startWork(module, exchange)
  requireRoom(work, exchange)
  if (work.background.has(asked.id)) throw conflict('busy', 'The change set is being worked at')
  const begun = await begin(work, exchange, asked)
  goOn(work, exchange, { id: asked.id }, (lasting, own) => run(lasting, own, begun))
  return accept(work, begun.held.change())
}

/** Does what `answerMigration` does, and resolves when the migration has ended. */
export async function migrateChange(
  module: ChangeModule,
  exchange: Exchange,
  asked: Asked,
): Promise<WireChangeSet> {
  const work = await startWork(module, exchange)
  return run(work, exchange, await begin(work, exchange, asked))
}

/** A migration whose folder is held. */
interface Begun {
  readonly held: HeldChange
  readonly request: MigrationRequest
}

async function begin(work: ChangeWork, exchange: Exchange, { id, body }: Asked): Promise<Begun> {
  const { expected_digest: digest, direction } = parse(migrateBodySchema, body, 'migration')
  await permit(work, exchange, { id, action: 'migrate' })
  const request = { id, digest, direction }
  const { change } = await admitMigration(work, exchange, request)
  await checkDatabase(work, exchange, { change, direction })
  const held = await take(work, exchange, change)
  if (held) return { held, request }
  // says what has happened to it in the meantime; an event that somebody noted is no reason to give up
  const { change: again } = await admitMigration(work, exchange, request)
  const second = again.version === change.version ? null : await take(work, exchange, again)
  if (second) return { held: second, request }
  throw conflict('busy', 'Another change set of this workspace is at work')
}

async function run(work: ChangeWork, exchange: Exchange, begun: Begun): Promise<WireChangeSet> {
  try {
    return await migrateHeld(work, exchange, begun)
  } finally {
    begun.held.stop()
  }
}

function take(work: ChangeWork, exchange: Exchange, change: ChangeSet): Promise<HeldChange | null> {
  return hold(
    work,
    change,
    nextState(change, work, {
      status: 'migrating',
      phase: { name: 'checking', tags: [], folders: [], from: 'applied', commit: null },
      run: toRun(work, { status: 'running' }),
      event: { type: 'migration_started', by: callerOf(exchange) },
    }),
  )
}

async function migrateHeld(
  work: ChangeWork,
  exchange: Exchange,
  { held, request }: Begun,
): Promise<WireChangeSet> {
  const { direction } = request
  const failure = await runInTime(work, held.change(), direction)
  const change = held.change()
  const verdict = await judge(work, exchange, { change, direction }).catch((error: unknown) => {
    work.onError(error, exchange.request)
    return { isDone: false, drift: [], reason: 'the database could not be read afterwards' }
  })
  const by = callerOf(exchange)
  if (verdict.isDone) {
    const isDown = direction === 'down'
    const status = isDown ? 'reverted' : verdict.drift.length > 0 ? 'drifted' : 'migrated'
    const type = isDown ? 'migration_reverted' : 'migrated'
    const reason = verdict.drift.length > 0 ? 'The database is not as predicted' : null
    const ended = await end(work, held, {
      status,
      drift: verdict.drift,
      event: { type, by, reason },
    })
    return toWireChange(ended, work)
  }
  const message = failure ?? verdict.reason
  const event = { type: 'migration_failed', by, reason: message } as const
  const ended = await end(work, held, { status: 'failed', message, drift: verdict.drift, event })
  throw new StudioError('unprocessable', `The migration failed: ${message}`, {
    details: { reason: 'migration_failed', change_set: toWireChange(ended, work) },
  })
}

/** Resolves to why the migrator failed, in words that are safe to send, or to null. What happened, the database says. */
async function runInTime(
  { migrator, migrateMs, onError }: ChangeWork,
  change: ChangeSet,
  direction: MigrationRequest['direction'],
): Promise<string | null> {
  const late = new DOMException(`it took more than ${migrateMs} ms`, 'TimeoutError')
  const job = toJob(change)
  try {
    await withDeadline(migrateMs, late, async (signal) =>
      direction === 'up' ? migrator?.up(job, signal) : migrator?.down?.(job, signal),
    )
    return null
  } catch (error) {
    if (error === late) return late.message
    onError(error)
    return describeFailure(error) ?? 'the migrator reported an error, which is in the log'
  }
}

type RunState = Pick<MigrationRun, 'status'> & Partial<MigrationRun>

function toRun({ clock }: Pick<ChangeWork, 'clock'>, state: RunState): MigrationRun {
  return { message: null, drift: [], ...state, at: isoTime(clock.now()) }
}

function end(
  work: ChangeWork,
  held: HeldChange,
  { event, ...state }: RunState & { readonly event: NewEvent },
): Promise<ChangeSet> {
  return held.release(
    nextState(held.change(), work, {
      status: 'applied',
      phase: null,
      run: toRun(work, state),
      event,
    }),
  )
}
