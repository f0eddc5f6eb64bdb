import { shuttingDown } from '../../agents/http/creation/run-response.ts'
import { launchRun } from '../../agents/http/creation/launch-run.ts'
import { heartbeatMs } from '../../agents/http/event-stream.ts'
import { tenantOf } from '../../agents/http/page.ts'
import { StudioError } from '../../errors.ts'
import { onAbort } from '../../lib/deadline.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import { isEnded, type RunSummary } from '../../records/run.ts'
import type { Session } from '../../records/session.ts'
import { findLastRun, openChat } from '../shared/chats.ts'
import { readRunEvents } from '../shared/run-events.ts'
import { protocol } from './context.ts'
import { decideTask } from './decide-task.ts'
import { isDecision, readSentMessage } from './parts.ts'
import type { TaskCall } from './read-tasks.ts'
import { refusalOf } from './refusals.ts'
import type { SendParams } from './requests.ts'

/** Starts a task for a message, or decides the approvals of the task that it names; resolves to the run. */
export async function acceptMessage(call: TaskCall, params: SendParams): Promise<RunSummary> {
  checkConfiguration(params)
  const { taskId, parts } = params.message
  if (taskId !== undefined) return decideTask(call, { taskId, params })
  const decision = parts.findIndex(isDecision)
  if (decision < 0) return startTask(call, params)
  throw refusalOf('INVALID_PARAMS', 'A decision needs the task that it belongs to', [
    { path: 'message.taskId', message: `is missing: message.parts.${decision} is a decision` },
  ])
}

function checkConfiguration({ configuration }: SendParams): void {
  const modes = configuration?.acceptedOutputModes ?? []
  if (modes.length === 0 || modes.some((mode) => /^(\*|text)\/(\*|plain)\s*(;|$)/i.test(mode)))
    return
  throw refusalOf('CONTENT_TYPE_NOT_SUPPORTED', 'The agent answers in text/plain', [
    { path: 'configuration.acceptedOutputModes', message: 'needs text/plain' },
  ])
}

async function startTask(call: TaskCall, params: SendParams): Promise<RunSummary> {
  const { module, exchange, agentId } = call
  const { messageId, contextId, parts, metadata } = params.message
  const message = readSentMessage(parts)
  const sender = exchange.principal?.id ?? ''
  const session = await openChat(module, exchange, {
    protocol,
    agentId,
    // A message without a context begins one; repeated, it finds the same one.
    chatId: contextId ?? `message:${JSON.stringify([sender, messageId])}`,
  })
  await refuseWhileWaiting(call, session, messageId)
  const named: JsonObject = contextId === undefined || contextId === session.id ? {} : { contextId }
  const { run } = await launchRun(module, exchange, {
    agentId,
    body: {
      message,
      sessionId: session.id,
      metadata: { ...params.metadata, ...metadata, messageId, ...named },
      cancelOnDisconnect: false,
    },
    prefer: { respondAsync: true, wait: null },
    idempotencyKey: `${protocol}:${session.id}:${messageId}`,
  }).catch((error: unknown) => {
    throw explain(error, messageId)
  })
  return run
}

/** A task that is queued behind an open approval would wait as long as people do. Repeating the message that waits is fine. */
async function refuseWhileWaiting(
  { module, exchange }: TaskCall,
  session: Session,
  messageId: string,
): Promise<void> {
  const last = await findLastRun(module, exchange, session)
  if (last?.status !== 'waiting' || last.input.metadata?.['messageId'] === messageId) return
  const pending = await module.engineOf(exchange).stores.approvals.pendingOf([last.id])
  if (pending.length === 0) return
  throw refusalOf(
    'UNSUPPORTED_OPERATION',
    `Task ${last.id} of this context waits for an approval: decide it first`,
  )
}

/** Says a refusal of a run in the fields of the message. */
function explain(error: unknown, messageId: string): unknown {
  if (!(error instanceof StudioError)) return error
  const { code, details, message } = error
  if (code === 'unprocessable') {
    return refusalOf('INVALID_PARAMS', 'A message with this id was sent with other content', [
      { path: 'message.messageId', message: `${messageId} is in use` },
    ])
  }
  if (code !== 'bad_request' || !Array.isArray(details)) return error
  const faults = (details as SchemaFault[]).map(({ path, ...fault }) => ({
    ...fault,
    path: path.replace(/^message\.content\.(\d+).*$/, 'message.parts.$1'),
  }))
  return refusalOf('INVALID_PARAMS', message, faults)
}

/** Waits until a task has ended or waits for people. */
export async function settleTask({ module, exchange }: TaskCall, id: string): Promise<void> {
  const engine = module.engineOf(exchange)
  const { signal } = exchange.request
  const run = await engine.stores.runs.get(tenantOf(exchange), id)
  if (!run || isEnded(run.status)) return
  const events = readRunEvents(engine, run, { after: run.nextSeq - 1, silenceMs: heartbeatMs })
  const remove = onAbort(signal, events.close)
  try {
    while ((await events.next()) !== null);
  } finally {
    remove()
    events.close()
  }
  if (events.end() === 'cut' && !signal.aborted && !engine.accepting()) throw shuttingDown()
}
