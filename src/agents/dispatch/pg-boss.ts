import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { checkCount, checkDuration } from '../../lib/options/numbers.ts'
import { toPublicError } from '../../lib/redact.ts'
import { createReport } from '../../lib/options/report.ts'
import { repeat, type Repetition } from '../../lib/timer.ts'
import type { Dispatcher, DispatcherWork } from './dispatcher.ts'

/** A job of the queue: it names a run to advance. */
export interface RunJob {
  readonly id: string
  readonly data: { readonly runId: string }
}

/** The methods of pg-boss 10 that the dispatcher uses. */
export interface PgBossLike {
  createQueue(
    name: string,
    options: {
      name: string
      policy: 'short'
      retryLimit: number
      retryBackoff: boolean
      expireInSeconds: number
    },
  ): Promise<unknown>
  send(
    name: string,
    data: object,
    options: { singletonKey: string; startAfter?: Date },
  ): Promise<unknown>
  fetch(name: string, options: { batchSize: number }): Promise<unknown>
  complete(name: string, id: string): Promise<unknown>
  fail(name: string, id: string, data: object): Promise<unknown>
}

/** Options of `pgBossDispatcher`. All have defaults. */
export interface PgBossDispatcherOptions {
  /** The queue's name: letters, digits, `-`, `_` and `.`. @default 'fetch-studio-runs' */
  queue?: string
  /** How many runs this process advances at the same time; 0 leaves all runs to other processes. @default 10 */
  concurrency?: number
  /** How often to poll for jobs of other processes, in milliseconds, varied by half. @default 1_000 */
  pollMs?: number
  /** How often to send jobs for due runs, such as those of a crashed process, in milliseconds, varied by half. @default 5_000 */
  sweepMs?: number
  /** Receives errors of background work. A hook that throws or rejects changes nothing. @default prints them */
  onError?: (error: unknown) => void
}

const knownOptions: KnownKeys<PgBossDispatcherOptions> = {
  queue: true,
  concurrency: true,
  pollMs: true,
  sweepMs: true,
  onError: true,
}

/** pg-boss limits the expiry of a job to less than 24 h. A run may outlive its job, because its lease decides who owns it. */
const expireInSeconds = 23 * 3_600

/**
 * Advances runs through jobs of pg-boss, which provides delivery, retries, scheduling and a limit for each process. The
 * caller starts `boss` before the studio and stops it after the studio. Correctness does not depend on the queue: a job that
 * is late, lost or delivered twice is harmless, because `advance` claims the run and due runs get a new job.
 *
 * @throws TypeError for an unknown option, a `concurrency` that is no whole number from 0, or a time that is not positive.
 *
 * @see docs/decisions/051-pg-boss-by-fetch.md
 */
export function pgBossDispatcher(
  boss: PgBossLike,
  options: PgBossDispatcherOptions = {},
): Dispatcher {
  refuseUnknownKeys('pgBossDispatcher', options, knownOptions)
  const concurrency = checkCount('concurrency', options.concurrency ?? 10, 0)
  const pollMs = checkDuration('pollMs', options.pollMs ?? 1_000)
  const sweepMs = checkDuration('sweepMs', options.sweepMs ?? 5_000)
  const onError: (error: unknown) => void = createReport(options.onError)
  const jobs = openQueue(boss, options.queue ?? 'fetch-studio-runs')
  const running = new Set<Promise<void>>()
  let polling: Repetition | null = null
  let sweeping: Repetition | null = null

  const take = async (work: DispatcherWork) => {
    if (running.size >= concurrency) return
    for (const job of await jobs.fetch(concurrency - running.size)) {
      const done = deliver(work, job).finally(() => {
        const wasFull = running.size >= concurrency
        running.delete(done)
        if (wasFull) polling?.nudge()
      })
      running.add(done)
    }
  }
  const deliver = async (work: DispatcherWork, { id, data }: RunJob) => {
    try {
      await work.advance(data.runId)
      await jobs.complete(id)
    } catch (error) {
      onError(error)
      await jobs.fail(id, error).catch(onError)
    }
  }
  return {
    start(work) {
      if (concurrency === 0) return
      polling = repeat(() => take(work), pollMs, onError)
      sweeping = repeat(
        async () => {
          for (const runId of await work.due()) await jobs.send(runId)
        },
        sweepMs,
        onError,
      )
    },
    async wake(runId, at) {
      await jobs.send(runId, at).catch(onError)
      if (at === undefined) polling?.nudge()
    },
    async stop() {
      await Promise.all([polling?.stop(), sweeping?.stop()])
      await Promise.allSettled(running)
    },
  }
}

/**
 * Creates the queue at its first use. At most one job per run waits for immediate delivery, and one per run and time for
 * later delivery.
 */
function openQueue(boss: PgBossLike, name: string) {
  let created: Promise<unknown> | null = null
  const retries = { retryLimit: 3, retryBackoff: true }
  /** Retries, because machines that start at the same time may deadlock while they create the queue. */
  const create = async (attempts = 3): Promise<unknown> => {
    try {
      return await boss.createQueue(name, { name, policy: 'short', expireInSeconds, ...retries })
    } catch (error) {
      if (attempts === 1) throw error
      await new Promise((resolve) => setTimeout(resolve, 50 + Math.random() * 200))
      return create(attempts - 1)
    }
  }
  const ready = () => {
    created ??= create().catch((error: unknown) => {
      created = null
      throw error
    })
    return created
  }
  return {
    async send(runId: string, at?: number): Promise<void> {
      await ready()
      const options =
        at === undefined
          ? { singletonKey: runId }
          : { singletonKey: `${runId}@${at}`, startAfter: new Date(at) }
      await boss.send(name, { runId }, options)
    },
    async fetch(batchSize: number): Promise<readonly RunJob[]> {
      await ready()
      return (await boss.fetch(name, { batchSize })) as readonly RunJob[]
    },
    complete: (id: string) => boss.complete(name, id),
    fail: (id: string, error: unknown) => boss.fail(name, id, toPublicError(error)),
  }
}
