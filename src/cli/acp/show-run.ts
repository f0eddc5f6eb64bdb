import type { StreamedEvent, StudioClient } from '../../client.ts'
import { createPermissions, retryCall } from './ask-permission.ts'
import type { RpcPeer } from './rpc-peer.ts'
import { createRunUpdates } from './run-updates.ts'
import type { SessionUpdate } from './session-updates.ts'

/** How long a run may take to end after it was cancelled, before nobody waits for it, in milliseconds. */
const cancelWaitMs = 10_000

/** What the sessions of a connection have in common. */
export interface AgentConnection {
  readonly client: StudioClient
  readonly agentId: string
  readonly peer: RpcPeer
  /** The tools that no person approves. */
  readonly freeTools: ReadonlySet<string>
  hasNotices(): boolean
  report(error: unknown): void
}

/** A run that a session shows. */
export interface ShownRun {
  /** Null until the run is stored. */
  runId: string | null
  isCancelled: boolean
  /** Stops showing it. The run goes on. */
  readonly stop: AbortController
}

/** Creates what is known of a run before it is shown. */
export function createShownRun(runId: string | null): ShownRun {
  return { runId, isCancelled: false, stop: new AbortController() }
}

/** Sends one update of a session. */
export function sendUpdate(
  { peer }: AgentConnection,
  sessionId: string,
  update: SessionUpdate,
): Promise<void> {
  return peer.notify('session/update', { sessionId, update })
}

/**
 * Shows a run from its first event on, and asks about what waits for a person. Resolves to the last event.
 *
 * @throws StudioClientError if the studio cannot be reached any more.
 */
export async function showRun(
  connection: AgentConnection,
  sessionId: string,
  { runId, stop: { signal } }: ShownRun,
): Promise<StreamedEvent | null> {
  if (runId === null) return null
  const { client, peer, freeTools } = connection
  const hasNotices = connection.hasNotices()
  const view = createRunUpdates({ runId, freeTools, hasNotices })
  const update = (one: SessionUpdate) => sendUpdate(connection, sessionId, one)
  const permissions = createPermissions({ client, peer, sessionId, signal, update })
  let last: StreamedEvent | null = null
  try {
    for await (const event of client.runs.follow(runId, { signal })) {
      if (event.type === 'tool_approval_result') permissions.settle(event.approval.id)
      for (const one of view.event(event)) await update(one)
      if (event.type === 'tool_approval_request') await permissions.ask(event.approval)
      last = event
    }
  } finally {
    permissions.end()
  }
  return last
}

/** Cancels a run. Its last event ends the view; if it does not come, the view ends nevertheless. */
export function cancelShownRun({ client, report }: AgentConnection, run: ShownRun): void {
  run.isCancelled = true
  const { runId, stop } = run
  if (runId === null || stop.signal.aborted) return
  const timer = setTimeout(() => stop.abort(), cancelWaitMs)
  stop.signal.addEventListener('abort', () => clearTimeout(timer), { once: true })
  const cancel = async () => void (await client.runs.cancel(runId, { signal: stop.signal }))
  void retryCall(cancel, stop.signal).catch((error: unknown) => {
    if (!stop.signal.aborted) report(error)
  })
}
