import { cancelOnDisconnect } from '../../../agents/http/creation/run-response.ts'
import { launchRun } from '../../../agents/http/creation/launch-run.ts'
import type { AgentsModule } from '../../../agents/module.ts'
import type { Exchange } from '../../../http/exchange.ts'
import { json } from '../../../http/respond.ts'
import { collectFrames, dataOnly, streamView } from '../../shared/view.ts'
import { parseCompletionRequest, readChatMessages } from './completion-request.ts'
import { createCompletionFold } from './completion-fold.ts'
import { createCompletionView } from './completion-view.ts'
import { splitLast } from '../continue-response.ts'
import { chooseAgent } from '../model-names.ts'

const chunkFormat = { ...dataOnly, last: 'data: [DONE]\n\n' }

/** Answers `POST /v1/chat/completions`. @throws StudioError in OpenAI's words. */
export async function completeChat(
  module: AgentsModule,
  exchange: Exchange,
  body: unknown,
): Promise<Response> {
  const request = parseCompletionRequest(body)
  const { agentId, model } = chooseAgent(module, request.model)
  const { message, history } = splitLast(readChatMessages(request), 'messages')
  const { run, call } = await launchRun(module, exchange, {
    agentId,
    body: {
      message,
      history,
      stream: true,
      ...(model === undefined ? {} : { model }),
      ...(request.metadata ? { metadata: request.metadata } : {}),
    },
    prefer: { respondAsync: true, wait: null },
  })
  const { engine } = call
  const facts = {
    id: `chatcmpl-${run.id}`,
    created: Math.floor(Date.parse(run.createdAt) / 1000),
    model: request.model,
  }
  const onCancel = cancelOnDisconnect(run, call)
  const { signal } = exchange.request
  if (signal.aborted) onCancel?.()
  if (request.stream) {
    const includeUsage = request.stream_options?.include_usage === true
    const view = createCompletionView(facts, { runId: run.id, includeUsage })
    const options = { engine, run, view, format: chunkFormat }
    return streamView({ ...options, ...(onCancel ? { onCancel } : {}) })
  }
  const fold = createCompletionFold(facts, run.id)
  await collectFrames({ engine, run, view: fold }, signal)
  if (signal.aborted) onCancel?.()
  return json(fold.read())
}
