import { cancelOnDisconnect } from '../../agents/http/creation/run-response.ts'
import { launchRun } from '../../agents/http/creation/launch-run.ts'
import { tenantOf } from '../../agents/http/page.ts'
import type { Engine } from '../../agents/engine/engine.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Exchange } from '../../http/exchange.ts'
import { json } from '../../http/respond.ts'
import { collectFrames, streamView } from '../shared/view.ts'
import { noRetry, refusal } from './api-errors.ts'
import { beginResponse } from './continue-response.ts'
import { decideInput } from './decide-input.ts'
import { readInput, type ReadInput } from './input-items.ts'
import { type ChosenModel, chooseAgent } from './model-names.ts'
import { parseResponseRequest, type ResponseRequest } from './response-request.ts'
import {
  backgroundKey,
  firstPart,
  previousKey,
  requirePart,
  type ResponsePart,
  storeKey,
} from './response-part.ts'
import { createResponseView, responseFormat } from './response-view.ts'

/** Answers `POST /v1/responses`. @throws StudioError in OpenAI's words. */
export async function createResponse(
  module: AgentsModule,
  exchange: Exchange,
  body: unknown,
): Promise<Response> {
  const request = parseResponseRequest(body)
  const { model, previous_response_id: previousId } = request
  const chosen = model === undefined ? null : chooseAgent(module, model)
  const input = readInput(request.input)
  const previous = previousId
    ? await requirePart(module, exchange, { id: previousId, param: 'previous_response_id' })
    : null
  if (previous && chosen && chosen.agentId !== previous.run.agentId) {
    const message = `Response '${previous.id}' is one of the model '${previous.run.agentId}'.`
    throw refusal('bad_request', message, { param: 'model' })
  }
  if (input.approvals.length === 0) {
    const started = await startResponse({ module, exchange, request, input, previous, chosen })
    return respond(request, exchange, started)
  }
  if (previous && input.entries.length > 0) {
    const message = 'Send the responses to approval requests without other items.'
    throw refusal('bad_request', message, { param: 'input' })
  }
  const engine = module.engineOf(exchange)
  const agentId = chosen?.agentId ?? null
  engine.checkReaders(tenantOf(exchange))
  const { approvals } = input
  const part = await decideInput(module, exchange, { approvals, previous, agentId })
  const { onDisconnect } = module.agents.get(part.run.agentId) ?? {}
  const cancels = (onDisconnect ?? module.onDisconnect) === 'cancel' && !request.background
  return respond(request, exchange, { engine, part, cancels })
}

interface Start {
  readonly module: AgentsModule
  readonly exchange: Exchange
  readonly request: ResponseRequest
  readonly input: ReadInput
  readonly previous: ResponsePart | null
  readonly chosen: ChosenModel | null
}

interface Started {
  readonly engine: Engine
  readonly part: ResponsePart
  /** True if the run is cancelled when the client disconnects. */
  readonly cancels: boolean
}

async function startResponse(start: Start): Promise<Started> {
  const { module, exchange, request, input, previous } = start
  const { agentId, model } = start.chosen ?? modelOf(previous)
  const call = { module, exchange, agentId }
  const { undo, ...beginning } = await beginResponse(call, request, { input, previous })
  const isBackground = request.background === true
  try {
    const { run, call: admitted } = await launchRun(module, exchange, {
      agentId,
      body: {
        ...beginning,
        ...(model === undefined ? {} : { model }),
        ...(isBackground ? { cancelOnDisconnect: false } : {}),
        metadata: toMetadata(request),
        stream: !isBackground || request.stream === true,
        onBusy: 'reject',
      },
      prefer: { respondAsync: true, wait: null },
    })
    const { engine, cancels } = admitted
    return { engine, part: firstPart(run), cancels }
  } catch (error) {
    await undo?.().catch(() => undefined) // an empty session harms nobody
    throw error
  }
}

function modelOf(previous: ResponsePart | null): ChosenModel {
  if (!previous) throw refusal('bad_request', "Missing required parameter: 'model'.")
  const { agentId, input } = previous.run
  return { agentId, ...(input.model === undefined ? {} : { model: input.model }) }
}

/** Returns the client's metadata, and what a response repeats of its request. */
function toMetadata(request: ResponseRequest): Record<string, string> {
  const { metadata, previous_response_id: previousId, store, background } = request
  return {
    ...metadata,
    ...(previousId ? { [previousKey]: previousId } : {}),
    ...(store === false ? { [storeKey]: 'false' } : {}),
    ...(background ? { [backgroundKey]: 'true' } : {}),
  }
}

function respond(
  { stream, background }: ResponseRequest,
  exchange: Exchange,
  { engine, part, cancels }: Started,
): Response | Promise<Response> {
  const { run, after } = part
  const view = createResponseView(part)
  const options = { engine, run, after, view }
  const onCancel = cancelOnDisconnect(run, { engine, cancels })
  if (exchange.request.signal.aborted) onCancel?.()
  if (stream) {
    return streamView({ ...options, format: responseFormat, ...(onCancel ? { onCancel } : {}) })
  }
  if (background) return json(view.read('queued'))
  return buffer(view, options, exchange, onCancel)
}

async function buffer(
  view: ReturnType<typeof createResponseView>,
  options: Parameters<typeof collectFrames>[0],
  exchange: Exchange,
  onCancel: (() => void) | undefined,
): Promise<Response> {
  const { signal } = exchange.request
  await collectFrames(options, signal)
  if (view.isOver()) return json(view.read())
  if (signal.aborted) onCancel?.()
  const { id } = view.read()
  const message = `The response goes on elsewhere. Retrieve '${id}'.`
  throw refusal('unavailable', message, { headers: { ...noRetry, 'retry-after': '1' } })
}
