import { badRequest, StudioError } from '../../errors.ts'
import type { RunSummary } from '../../records/run.ts'
import { findChat, findLastRun } from '../shared/chats.ts'
import { answerInterrupts } from './interrupts.ts'
import type { AgUiCall } from './ag-ui-call.ts'
import { startAgUiRun } from './start-ag-ui-run.ts'
import { showThread } from './show-thread.ts'
import { streamAgUi } from './stream-ag-ui.ts'
import { answerClientTools } from './tool-results.ts'

/**
 * Answers a request by what it holds: answers to interrupts, nothing (the client wants to see the thread), results of the client's tools,
 * or a message of the user. The same request again continues the stream of the same run.
 *
 * @see docs/decisions/220-what-a-request-of-ag-ui-does.md
 */
export async function answerAgUi(call: AgUiCall): Promise<Response> {
  const { module, exchange, agentId, body } = call
  const chat = { protocol: 'ag-ui', agentId, chatId: body.threadId }
  const session = await findChat(module, exchange, chat)
  const last = session && (await findLastRun(module, exchange, session))
  const thread = { session, last }
  if (body.resume.length > 0) return answerInterrupts(call, thread)
  const final = body.messages.at(-1)
  if (!final) return showThread(call, thread)
  if (last && runIdOf(last) === body.runId) return streamAgUi(call, { run: last, after: -1 })
  const answered = last && (await answerClientTools(call, last))
  if (final.role === 'user') {
    if (last) await refuseWhileWaiting(call, last)
    return startAgUiRun(call)
  }
  if (last && answered) return streamAgUi(call, { run: last, after: answered.after })
  const message =
    final.role === 'tool'
      ? 'no call of the thread waits for this result'
      : 'the last message must be of the user, or the result of a tool'
  throw badRequest('Invalid request body: there is nothing to answer', [
    { path: `messages.${body.messages.length - 1}`, message },
  ])
}

/** Returns the id by which the client of a run knows it. */
function runIdOf({ input: { metadata } }: RunSummary): unknown {
  const agUi = metadata?.['agUi']
  return typeof agUi === 'object' && agUi !== null && 'runId' in agUi ? agUi.runId : undefined
}

/** A message that is queued behind an open approval would wait as long as people do. */
async function refuseWhileWaiting({ module, exchange }: AgUiCall, last: RunSummary): Promise<void> {
  if (last.status !== 'waiting') return
  const pending = await module.engineOf(exchange).stores.approvals.pendingOf([last.id])
  if (pending.length === 0) return
  throw new StudioError('conflict', 'The thread waits for answers: send them first', {
    details: {
      runId: last.id,
      interruptIds: pending.flatMap(({ id, clientTool }) => (clientTool ? [] : [id])),
      toolCallIds: pending.flatMap(({ toolCallId, clientTool }) =>
        clientTool ? [toolCallId] : [],
      ),
    },
  })
}
