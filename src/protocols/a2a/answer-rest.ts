import { json } from '../../http/respond.ts'
import { dataOnly, type FrameFormat } from '../shared/view.ts'
import { callOperation } from './operations.ts'
import { requireVersion } from './protocol-version.ts'
import type { TaskCall } from './read-tasks.ts'
import { toRefusal, toRestError } from './refusals.ts'
import { streamTask } from './stream-task.ts'
import type { Frame } from './task-view.ts'

/** Answers a request of the binding HTTP+JSON. */
export async function answerRest(
  call: TaskCall,
  method: string,
  params: unknown,
): Promise<Response> {
  try {
    requireVersion(call.exchange)
    const outcome = await callOperation(call, method, params)
    if ('value' in outcome) return json(outcome.value)
    return await streamTask(call, outcome.stream, restFormat)
  } catch (error) {
    const refusal = toRefusal(error)
    if (!refusal) throw error
    const body = toRestError(refusal)
    return json(body, body.error.code)
  }
}

const restFormat: FrameFormat<Frame> = {
  ...dataOnly,
  encode(frame) {
    if (!('cut' in frame)) return dataOnly.encode(frame)
    const error = { code: 503, status: 'UNAVAILABLE', message: frame.cut, details: [] }
    return `event: error\n${dataOnly.encode({ error })}`
  },
}
