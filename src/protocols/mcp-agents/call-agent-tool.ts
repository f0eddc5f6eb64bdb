import {
  type CallToolResult,
  CLIENT_CAPABILITIES_META_KEY,
  type InputRequiredResult,
} from '@modelcontextprotocol/server'
import { launchRun } from '../../agents/http/creation/launch-run.ts'
import { heartbeatMs } from '../../agents/http/event-stream.ts'
import { tenantOf } from '../../agents/http/page.ts'
import { requireRun } from '../../agents/http/require.ts'
import { badRequest, StudioError } from '../../errors.ts'
import { isRecord } from '../../lib/json.ts'
import { onAbort } from '../../lib/deadline.ts'
import type { RunSummary } from '../../records/run.ts'
import { openChat } from '../shared/chats.ts'
import { type LoggedEvent, readRunEvents } from '../shared/run-events.ts'
import type { AgentToolCall } from './agent-tool-call.ts'
import { agentToolInput } from './agent-tools.ts'
import { decideElicited, elicitApprovals } from './elicit-approvals.ts'
import { endResult, waitingResult } from './agent-results.ts'

/** A run and the number of the last event that its caller knows. */
interface Followed {
  readonly run: RunSummary
  readonly after: number
  /** False if the caller was asked, and does not want to be asked again. */
  readonly mayAsk: boolean
}

/**
 * Starts a run, goes on with one whose approvals the caller has answered, or follows one that it names; resolves when the run has
 * ended or waits for people. A caller that cancels the request of a 2026 revision cancels the run.
 */
export async function callAgentTool(
  call: AgentToolCall,
  args: unknown,
): Promise<CallToolResult | InputRequiredResult> {
  const { module, exchange } = call
  module.engineOf(exchange).checkReaders(tenantOf(exchange))
  return follow(call, await findOrStart(call, args))
}

async function findOrStart(call: AgentToolCall, args: unknown): Promise<Followed> {
  const parsed = agentToolInput.safeParse(args)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({
      path: `arguments.${path.join('.')}`,
      message,
    }))
    throw badRequest('The arguments do not fit', faults)
  }
  const state: unknown = call.request.requestState()
  if (state !== undefined) {
    const run = await requireOwnRun(call, String(state))
    const mayAsk = await decideElicited(call, run)
    return { run, after: run.nextSeq - 1, mayAsk }
  }
  const { runId, message = '', sessionId } = parsed.data
  if (runId !== undefined) return { run: await requireOwnRun(call, runId), after: -1, mayAsk: true }
  return { run: await startRun(call, message, sessionId), after: -1, mayAsk: true }
}

/** @throws StudioError `not_found` for a run of another tenant or agent. */
async function requireOwnRun(
  { module, exchange, agent }: AgentToolCall,
  runId: string,
): Promise<RunSummary> {
  const run = await requireRun(module, runId, exchange)
  if (run.agentId !== agent.id) throw new StudioError('not_found', 'Run not found')
  return run
}

async function startRun(
  { module, exchange, agent }: AgentToolCall,
  message: string,
  chatId: string | undefined,
): Promise<RunSummary> {
  const chat = { protocol: 'mcp-agents', agentId: agent.id }
  const session =
    chatId === undefined ? null : await openChat(module, exchange, { ...chat, chatId })
  const { run } = await launchRun(module, exchange, {
    agentId: agent.id,
    body: { message, cancelOnDisconnect: false, ...(session ? { sessionId: session.id } : {}) },
    prefer: { respondAsync: true, wait: null },
  })
  return run
}

async function follow(call: AgentToolCall, { run, after, mayAsk }: Followed) {
  const { module, exchange, era, request } = call
  const engine = module.engineOf(exchange)
  const events = readRunEvents(engine, run, { after, silenceMs: heartbeatMs })
  const remove = onAbort(request.signal, events.close)
  const report = createReports(request)
  let last: LoggedEvent | undefined
  try {
    for (let batch = await events.next(); batch; batch = await events.next()) {
      last = batch.at(-1) ?? last
      await report(batch)
    }
  } finally {
    remove()
    events.close()
  }
  const { signal } = request
  if (signal.aborted) {
    if (era === 'modern' && call.agent.onDisconnect !== 'continue') {
      await engine.cancel(run.tenant, run.id, 'Cancelled by the caller.')
    }
    return endResult(run, undefined) // nobody reads it
  }
  const now = (await engine.stores.runs.get(run.tenant, run.id)) ?? run
  if (events.end() !== 'waiting') return endResult(now, last)
  const pending = await engine.stores.approvals.pendingOf([run.id])
  const asked = mayAsk && canAsk(call) ? elicitApprovals(call, now, pending) : null
  return asked ?? waitingResult(now, pending)
}

/** Only since 2026 can an answer ask; before, a server without sessions cannot hear what the client answers. */
function canAsk({ era, request }: AgentToolCall): boolean {
  const envelope: unknown = request.envelope
  const capabilities = isRecord(envelope) ? envelope[CLIENT_CAPABILITIES_META_KEY] : null
  return era === 'modern' && isRecord(capabilities) && isRecord(capabilities['elicitation'])
}

/** Returns a function that tells the caller of a batch of events how far the run is, if it asked for that. */
function createReports({ _meta, notify }: AgentToolCall['request']) {
  const progressToken = _meta?.progressToken
  let progress = 0
  return async (batch: readonly LoggedEvent[]): Promise<void> => {
    if (progressToken === undefined) return
    for (const message of toReports(batch)) {
      progress++
      const params = { progressToken, progress, message }
      await notify({ method: 'notifications/progress', params })
    }
  }
}

/** Texts that follow each other are one report. */
function toReports(batch: readonly LoggedEvent[]): string[] {
  const reports: string[] = []
  let text = ''
  const flush = () => {
    if (text !== '') reports.push(text)
    text = ''
  }
  for (const event of batch) {
    if (event.type === 'text_delta') text += event.delta
    if (event.type !== 'turn_start') continue
    flush()
    reports.push(`Turn ${event.turn}`)
  }
  flush()
  return reports
}
