import type { StreamedEvent } from '../../client.ts'
import { retryCall } from './ask-permission.ts'
import { toPromptMessage } from './prompt-message.ts'
import type { PromptBlock } from './request-params.ts'
import { refuseRpc } from './rpc-failures.ts'
import { failureText, readReplay, type Replay } from './session-replay.ts'
import {
  type AgentConnection,
  cancelShownRun,
  createShownRun,
  sendUpdate,
  type ShownRun,
  showRun,
} from './show-run.ts'
import { type PromptAnswer, toPromptAnswer } from './stop-reasons.ts'

/** Most sessions that one connection has open. */
const maxSessions = 1_000

interface OpenSession {
  readonly id: string
  hasTitle: boolean
  /** The run of the prompt that waits for its answer. */
  prompted: ShownRun | null
  /** Runs that were open when the session was loaded. */
  older: readonly ShownRun[]
}

/** The sessions of one connection. */
export interface AgentSessions {
  create(): Promise<{ readonly sessionId: string }>
  /** Shows what a session holds, and goes on to show its open runs. */
  load(sessionId: string): Promise<object>
  prompt(sessionId: string, blocks: readonly PromptBlock[]): Promise<PromptAnswer>
  /** Cancels the open runs of a session. */
  cancel(sessionId: string): void
  /** Stops showing everything. Runs go on. */
  close(): void
}

/** Creates the sessions of a connection with one agent. */
export function createAgentSessions(connection: AgentConnection): AgentSessions {
  const { client, agentId, report } = connection
  const sessions = new Map<string, OpenSession>()
  const ending = new AbortController()

  function requireSession(sessionId: string): OpenSession {
    const session = sessions.get(sessionId)
    if (session) return session
    throw refuseRpc('notFound', 'There is no such session here: create it or load it', {
      sessionId,
    })
  }
  function checkRoom(): void {
    if (sessions.size < maxSessions) return
    throw refuseRpc('internalError', `A connection may have ${maxSessions} sessions open`)
  }
  function add(id: string): OpenSession {
    const session = { id, hasTitle: false, prompted: null, older: [] }
    sessions.set(id, session)
    return session
  }
  return {
    async create() {
      checkRoom()
      const body = { agentId, metadata: { protocol: 'acp' } }
      const { id } = await client.sessions.create(body, { signal: ending.signal })
      return { sessionId: add(id).id }
    },
    async load(sessionId) {
      if (!sessions.has(sessionId)) checkRoom()
      const replay = await readOwn(connection, sessionId, ending.signal)
      const session = sessions.get(sessionId) ?? add(sessionId)
      if (session.prompted) throw refuseBusy()
      await showReplay(connection, session, replay)
      if (!ending.signal.aborted) void showOlder(connection, session).catch(report)
      return {}
    },
    async prompt(sessionId, blocks) {
      const session = requireSession(sessionId)
      if (session.prompted) throw refuseBusy()
      const run = (session.prompted = createShownRun(null))
      try {
        return await promptAgent(connection, { session, run, blocks })
      } finally {
        run.stop.abort()
        session.prompted = null
      }
    },
    cancel(sessionId) {
      const { prompted, older } = requireSession(sessionId)
      for (const run of [prompted, ...older]) if (run) cancelShownRun(connection, run)
    },
    close() {
      ending.abort()
      for (const { prompted, older } of sessions.values()) {
        for (const run of [prompted, ...older]) run?.stop.abort()
      }
    },
  }
}

/** Reads a session of the agent. @throws an error for the client if it is that of another one. */
async function readOwn(
  { client, agentId }: AgentConnection,
  sessionId: string,
  signal: AbortSignal,
): Promise<Replay> {
  const session = await client.sessions.get(sessionId, { messageLimit: 1, signal })
  if (session.agentId === agentId) return readReplay(client, sessionId, signal)
  throw refuseRpc('notFound', 'Session not found', { sessionId })
}

async function showReplay(
  connection: AgentConnection,
  session: OpenSession,
  { title, updates, openRuns }: Replay,
): Promise<void> {
  for (const { stop } of session.older) stop.abort()
  session.hasTitle = title !== null
  for (const update of updates) await sendUpdate(connection, session.id, update)
  if (title !== null) await sendTitle(connection, session.id, title)
  session.older = openRuns.map(({ id }) => createShownRun(id))
}

function refuseBusy(): Error {
  return refuseRpc(
    'invalidRequest',
    'A prompt of this session is under way: cancel it or wait for its end',
  )
}

function sendTitle(connection: AgentConnection, sessionId: string, title: string): Promise<void> {
  return sendUpdate(connection, sessionId, { sessionUpdate: 'session_info_update', title })
}

interface Prompt {
  readonly session: OpenSession
  readonly run: ShownRun
  readonly blocks: readonly PromptBlock[]
}

/** Starts a run, and shows it. The run waits for earlier ones of its session, whoever started them. */
async function promptAgent(
  connection: AgentConnection,
  { session, run, blocks }: Prompt,
): Promise<PromptAnswer> {
  const { client, agentId } = connection
  const { signal } = run.stop
  const body = {
    message: toPromptMessage(blocks),
    sessionId: session.id,
    onBusy: 'enqueue',
  } as const
  const idempotencyKey = crypto.randomUUID()
  const start = () => client.runs.start(agentId, body, { idempotencyKey, signal })
  let last: StreamedEvent | null = null
  try {
    const { id } = await retryCall(start, signal)
    run.runId = id
    if (run.isCancelled) cancelShownRun(connection, run)
    void nameSession(connection, session).catch(() => undefined)
    last = await showRun(connection, session.id, run)
  } catch (error) {
    if (!run.isCancelled) throw error
  }
  return toPromptAnswer(last, run.isCancelled)
}

/** A studio names a session after its first prompt. */
async function nameSession(connection: AgentConnection, session: OpenSession): Promise<void> {
  if (session.hasTitle) return
  session.hasTitle = true
  const { title } = await connection.client.sessions.get(session.id, { messageLimit: 1 })
  if (title !== undefined) await sendTitle(connection, session.id, title)
}

/** Shows the runs that were open when the session was loaded, one after the other. No prompt waits for them. */
async function showOlder(connection: AgentConnection, session: OpenSession): Promise<void> {
  for (const run of session.older) {
    const last = await showRun(connection, session.id, run).catch((error: unknown) => {
      if (!run.stop.signal.aborted) connection.report(error)
      return null
    })
    if (run.stop.signal.aborted) continue
    run.stop.abort()
    const text = outcomeText(last)
    if (text === null) continue
    await sendUpdate(connection, session.id, {
      sessionUpdate: 'agent_message_chunk',
      content: { type: 'text', text },
      messageId: `${run.runId}-outcome`,
    })
  }
}

function outcomeText(last: StreamedEvent | null): string | null {
  if (last === null) return failureText('its events could not be read; load the session again')
  if (last.type === 'error') return failureText(last.error.message)
  return last.type === 'cancelled' ? (last.reason ?? 'The run was cancelled.') : null
}
