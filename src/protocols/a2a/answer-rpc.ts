import { StudioError } from '../../errors.ts'
import { readJsonBody } from '../../http/body.ts'
import { json } from '../../http/respond.ts'
import { isRecord } from '../../lib/json.ts'
import { dataOnly, type FrameFormat } from '../shared/view.ts'
import { callOperation } from './operations.ts'
import { requireVersion } from './protocol-version.ts'
import type { TaskCall } from './read-tasks.ts'
import { refusalOf, toRefusal, toRpcError } from './refusals.ts'
import { rpcRequest } from './requests.ts'
import { streamTask } from './stream-task.ts'
import type { Frame } from './task-view.ts'

type RpcId = string | number | null
const jsonrpc = '2.0'

/** Answers a request of JSON-RPC. Its refusals have status 200, as those of JSON-RPC do. */
export async function answerRpc(call: TaskCall): Promise<Response> {
  let id: RpcId = null
  try {
    const body = await readBody(call)
    id = readId(body)
    const { method, params } = readRequest(body)
    requireVersion(call.exchange)
    const outcome = await callOperation(call, method, params ?? {})
    if ('value' in outcome) return json({ jsonrpc, id, result: outcome.value })
    return await streamTask(call, outcome.stream, rpcFormat(id))
  } catch (error) {
    const refusal = toRefusal(error)
    if (!refusal) throw error
    return json({ jsonrpc, id, error: toRpcError(refusal) })
  }
}

function rpcFormat(id: RpcId): FrameFormat<Frame> {
  return {
    ...dataOnly,
    encode: (frame) =>
      dataOnly.encode(
        'cut' in frame
          ? { jsonrpc, id, error: { code: -32603, message: frame.cut } }
          : { jsonrpc, id, result: frame },
      ),
  }
}

async function readBody({ module, exchange }: TaskCall): Promise<unknown> {
  const { bodyBytes, attachmentBytes, jsonDepth, bodyMs } = module.limits
  const maxBytes = Math.max(bodyBytes, attachmentBytes)
  try {
    return await readJsonBody(exchange.request, { maxBytes, jsonDepth, bodyMs })
  } catch (error) {
    const isMalformed = error instanceof StudioError && error.code === 'bad_request'
    throw isMalformed ? refusalOf('PARSE_ERROR', error.message) : error
  }
}

function readId(body: unknown): RpcId {
  const id = isRecord(body) ? body['id'] : null
  return typeof id === 'string' || typeof id === 'number' ? id : null
}

function readRequest(body: unknown) {
  if (Array.isArray(body)) throw refusalOf('INVALID_REQUEST', 'Batches are not supported')
  const parsed = rpcRequest.safeParse(body)
  if (parsed.success) return parsed.data
  const faults = parsed.error.issues.map(({ path, message }) => ({ path: path.join('.'), message }))
  throw refusalOf('INVALID_REQUEST', 'This is not a request of JSON-RPC 2.0', faults)
}
