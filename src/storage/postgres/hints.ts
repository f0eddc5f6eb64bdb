import type { Hint, RunChange, RunStore } from '../store.ts'
import type { SqlClient } from './client.ts'
import type { SqlDriver } from './driver/driver.ts'

/**
 * Sends and receives hints between processes. A hint may be lost; nothing depends on it.
 *
 * @see docs/decisions/043-hints-have-their-own-transaction.md
 */
export interface Hints {
  send(hint: Hint): void
  /**
   * Listens on one connection for all watchers. Resolves to a function that ends this watcher. While `LISTEN` is refused, the
   * watcher receives nothing.
   */
  watch(onHint: (hint: Hint) => void): Promise<() => Promise<void>>
  /** Is there a connection that listens? */
  isListening(): boolean
  /** Ends all watchers and their connection. */
  close(): Promise<void>
}

/** With more hints than this in the queue, further ones are dropped: readers poll as well. */
const maxPending = 10_000

/** Creates hints over `NOTIFY`. Null when the driver cannot listen, because no process would receive them. */
export function createHints(
  { listen }: SqlDriver,
  client: SqlClient,
  schema: string,
): Hints | null {
  if (!listen) return null
  const channel = `fetch-studio ${schema}`.slice(0, 63)
  const pending = new Set<string>()
  const watchers = new Set<(hint: Hint) => void>()
  let listening: Promise<() => Promise<void>> | undefined
  let sending = false
  let isOpen = false
  // One statement at a time: a busy process then sends many hints with each.
  const flush = async () => {
    sending = true
    while (pending.size > 0) {
      const payloads = JSON.stringify([...pending])
      pending.clear()
      await client.query(notify, [channel, payloads]).catch(() => undefined)
    }
    sending = false
  }
  const receive = (payload: string) => {
    const hint = parseHint(payload)
    if (hint) for (const onHint of watchers) onHint(hint)
  }
  const stop = async () => {
    const stopped = listening
    listening = undefined
    await (
      await stopped
    )?.()
  }
  return {
    send({ kind, runId }) {
      if (pending.size < maxPending) pending.add(`${kind} ${runId}`)
      if (!sending) void flush()
    },
    async watch(onHint) {
      const watcher = (hint: Hint) => onHint(hint)
      watchers.add(watcher)
      await (listening ??= listen(channel, receive, (isNowOpen) => void (isOpen = isNowOpen)))
      return async () => {
        if (watchers.delete(watcher) && watchers.size === 0) await stop()
      }
    },
    isListening: () => isOpen,
    async close() {
      watchers.clear()
      await stop()
    },
  }
}

// NOTIFY holds a lock of the whole server until its commit is flushed to disk. Hints therefore have a transaction of their
// own with `synchronous_commit = off`; the data that they announce is already committed.
const notify = `select set_config('synchronous_commit', 'off', true) as setting, pg_notify($1::text, p.value)::text as sent
  from jsonb_array_elements_text($2::text::jsonb) as p (value)`

function parseHint(payload: string): Hint | null {
  const [kind, runId] = payload.split(' ')
  const isKnown = kind === 'log' || kind === 'cancel' || kind === 'due'
  return isKnown && runId ? { kind, runId } : null
}

// Deltas alone send no hint: they come many times a second, and readers in other processes poll as often.
function isStep({ entries, toolCalls, approvals, release }: RunChange): boolean {
  return Boolean(entries?.length && (toolCalls?.length || approvals?.length || release))
}

/** Wraps a run store so that it sends a hint after every write that other processes may wait for. */
export function withHints(runs: RunStore, { send }: Hints): RunStore {
  return {
    ...runs,
    async create(request) {
      const admission = await runs.create(request)
      if (admission.kind === 'created') {
        for (const runId of admission.cancelled) send({ kind: 'cancel', runId })
      }
      return admission
    },
    async commit(ref, change) {
      const result = await runs.commit(ref, change)
      if (result && isStep(change)) send({ kind: 'log', runId: ref.runId })
      if (result && change.release?.to === 'yield') send({ kind: 'due', runId: ref.runId })
      return result
    },
    async requestCancel(tenant, id, reason) {
      const run = await runs.requestCancel(tenant, id, reason)
      if (run?.endedAt === null) send({ kind: 'cancel', runId: id })
      return run
    },
  }
}
