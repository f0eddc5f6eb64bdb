import { runRequestSchema } from '../../agents/http/creation/run-request.ts'
import { launchRun } from '../../agents/http/creation/launch-run.ts'
import { badRequest, StudioError } from '../../errors.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { SchemaFault } from '../../lib/standard-schema.ts'
import { openChat } from '../shared/chats.ts'
import type { AgUiCall } from './ag-ui-call.ts'
import type { AgUiInput } from './run-agent-input.ts'
import { streamAgUi } from './stream-ag-ui.ts'
import { toPromptContent } from './user-content.ts'

/** In bytes of JSON. They are the run's metadata, which each of its approvals shows. */
const maxMetadataBytes = 65_536

/** Starts a run for the last message, which is one of the user. Messages before it are not read: the session is the conversation. */
export async function startAgUiRun(call: AgUiCall): Promise<Response> {
  const { module, exchange, agentId, body } = call
  const metadata = toMetadata(body)
  const index = body.messages.length - 1
  const content = toPromptContent(body.messages[index]?.content, `messages.${index}.content`)
  const clientTools = body.tools.map(({ name, description, parameters }) => {
    return { name, description, inputSchema: parameters ?? { type: 'object' } }
  })
  const request = {
    message: { role: 'user', content },
    stream: true,
    metadata,
    ...(clientTools.length > 0 ? { clientTools } : {}),
  }
  const parsed = runRequestSchema.safeParse(request)
  if (!parsed.success) {
    const faults = parsed.error.issues.map(({ path, message }) => ({
      path: path.join('.'),
      message,
    }))
    throw badRequest('Invalid request body', faults.map(renamed(index)))
  }
  const chat = { protocol: 'ag-ui', agentId, chatId: body.threadId }
  const session = await openChat(module, exchange, chat)
  const { run, call: started } = await launchRun(module, exchange, {
    agentId,
    body: { ...parsed.data, sessionId: session.id },
    prefer: { respondAsync: false, wait: null },
    idempotencyKey: `ag-ui:${session.id}:${body.runId}`,
  }).catch((error: unknown) => {
    throw explain(error, index)
  })
  return streamAgUi(call, { run, after: -1, cancels: started.cancels })
}

/** Tools and approval policies see these; the model does not. */
function toMetadata({ runId, state, context, forwardedProps }: AgUiInput): JsonObject {
  const agUi = {
    runId,
    ...(state === undefined ? {} : { state }),
    ...(context.length === 0 ? {} : { context }),
    ...(forwardedProps === undefined ? {} : { forwardedProps }),
  }
  if (new TextEncoder().encode(JSON.stringify(agUi)).length > maxMetadataBytes) {
    const message = `state, context and forwardedProps have more than ${maxMetadataBytes} bytes`
    throw badRequest('Invalid request body: too large', [{ path: 'state', message }])
  }
  return { agUi }
}

/** Says a fault of a run in terms of the request. */
function renamed(index: number) {
  return ({ path, message }: SchemaFault): SchemaFault => ({
    path: path
      .replace(/^message\.content/, `messages.${index}.content`)
      .replace(/^clientTools/, 'tools')
      .replace(/^(tools\.\d+)\.inputSchema/, '$1.parameters'),
    message,
  })
}

function explain(error: unknown, index: number): unknown {
  if (!(error instanceof StudioError)) return error
  const { code, details, headers } = error
  if (code === 'unprocessable') {
    const message = 'a run with this id was sent with other content'
    return new StudioError(code, 'The runId is in use', {
      details: [{ path: 'runId', message }],
      cause: error,
    })
  }
  if (code !== 'bad_request' || !Array.isArray(details)) return error
  const faults = (details as SchemaFault[]).map(renamed(index))
  return new StudioError(code, error.message, { details: faults, headers, cause: error })
}
