import type { Hint, RunChange, RunStore } from '../store.ts'
import type { SqlClient } from './client.ts'

/** Tells other instances what happened to a run. Only ever a hint: one may be lost, and nothing waits for any. */
export interface Hints {
  send(hint: Hint): void
  /** Opens a connection that listens, unless there is one. Gives back what ends it for this listener. */
  watch(onHint: (hint: Hint) => void): Promise<() => Promise<void>>
  /** Ends all listening. */
  close(): Promise<void>
}

/** Sends hints over `NOTIFY`; null when the driver cannot listen, since nobody would hear them. */
export function createHints(client: SqlClient, schema: string): Hints | null {
  const { listen } = client
  if (!listen) return null
  const channel = `fetch-studio ${schema}`.slice(0, 63)
  const pending = new Map<string, Hint>()
  const watching = new Set<() => Promise<void>>()
  let sending = false
  /** One statement at a time, so that a busy process sends many hints with each. */
  const flush = async () => {
    sending = true
    while (pending.size > 0) {
      const payloads = JSON.stringify([...pending.keys()])
      pending.clear()
      await client.query(notify, [channel, payloads]).catch(() => undefined)
    }
    sending = false
  }
  return {
    send(hint) {
      pending.set(`${hint.kind} ${hint.runId}`, hint)
      if (!sending) void flush()
    },
    async watch(onHint) {
      const unlisten = await listen(channel, (payload) => {
        const hint = parseHint(payload)
        if (hint) onHint(hint)
      })
      const end = async () => {
        if (watching.delete(end)) await unlisten().catch(() => undefined)
      }
      watching.add(end)
      return end
    },
    async close() {
      await Promise.all([...watching].map((end) => end()))
    },
  }
}

/**
 * A transaction that notifies holds a lock of the whole server from before its commit is on disk until after it, so
 * hints have one of their own, which does not wait for the disk: what it says is already there.
 */
const notify = `select set_config('synchronous_commit', 'off', true), pg_notify($1::text, p.value)
  from jsonb_array_elements_text($2::text::jsonb) as p (value)`

function parseHint(payload: string): Hint | null {
  const [kind, runId] = payload.split(' ')
  const isKnown = kind === 'log' || kind === 'cancel' || kind === 'due'
  return isKnown && runId ? { kind, runId } : null
}

/** Deltas alone are not worth a hint: they come many times a second, and readers elsewhere look that often by themselves. */
function isStep({ entries, toolCalls, approvals, release }: RunChange): boolean {
  return Boolean(entries?.length && (toolCalls?.length || approvals?.length || release))
}

/** A run store that sends a hint after what other instances may be waiting for. */
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
