import { awaitOutcome } from '../../agents/http/run-outcome.ts'
import { tenantOf } from '../../agents/http/page.ts'
import { parse } from '../../http/parse.ts'
import { isEnded, type RunSummary } from '../../records/run.ts'
import { listTasks, readTask, requireTask, type TaskCall } from './read-tasks.ts'
import {
  checkPushUrl,
  pushOperations,
  requirePush,
  savePushConfig,
} from './notifications/push-configs.ts'
import { type Reason, refusalOf } from './refusals.ts'
import { getParams, listParams, type SendParams, sendParams, taskParams } from './requests.ts'
import { acceptMessage, settleTask } from './accept-message.ts'
import type { TaskStream } from './stream-task.ts'

/** What an operation gives: JSON, or a stream that each binding frames in its own way. */
export type Answered = { readonly value: object } | { readonly stream: TaskStream }

/** How long a cancellation waits for the task to end before it answers with the task as it is. */
const cancelWaitMs = 1000

/** The operations of A2A by name. Each reads its own parameters. */
const operations: Readonly<Record<string, (call: TaskCall, params: unknown) => Promise<Answered>>> =
  {
    async SendMessage(call, params) {
      const { isNow, historyLength, parsed } = readSend(call, params)
      const { id } = await accept(call, parsed)
      if (!isNow) await settleTask(call, id)
      return { value: { task: await readTask(call, id, historyLength) } }
    },
    async SendStreamingMessage(call, params) {
      const { historyLength, parsed } = readSend(call, params, false)
      return {
        stream: { run: await accept(call, parsed), stopsWaiting: true, historyLength },
      }
    },
    async GetTask(call, params) {
      const { id, historyLength } = parse(getParams, params, 'params')
      await requireTask(call, id)
      return { value: await readTask(call, id, historyLength) }
    },
    async ListTasks(call, params) {
      return { value: await listTasks(call, parse(listParams, params, 'params')) }
    },
    async CancelTask(call, params) {
      const run = await requireTask(call, parse(taskParams, params, 'params').id)
      if (isEnded(run.status)) throw refusalOf('TASK_NOT_CANCELABLE', 'The task has ended')
      const engine = call.module.engineOf(call.exchange)
      await engine.cancel(tenantOf(call.exchange), run.id, 'Cancelled by the caller.')
      await awaitOutcome(engine, run, {
        waitMs: cancelWaitMs,
        signal: call.exchange.request.signal,
      })
      return { value: await readTask(call, run.id) }
    },
    async SubscribeToTask(call, params) {
      const run = await requireTask(call, parse(taskParams, params, 'params').id)
      if (isEnded(run.status)) {
        throw refusalOf('UNSUPPORTED_OPERATION', 'The task has ended: read it with GetTask')
      }
      call.module.engineOf(call.exchange).checkReaders(run.tenant, run.id)
      return { stream: { run, stopsWaiting: false } }
    },
  }

/** Accepts a message, with the configuration of where to tell the client what becomes of its task. */
async function accept(call: TaskCall, params: SendParams): Promise<RunSummary> {
  const config = params.configuration?.taskPushNotificationConfig
  if (!config) return acceptMessage(call, params)
  const path = 'configuration.taskPushNotificationConfig.'
  checkPushUrl(requirePush(call), config.url, path)
  const run = await acceptMessage(call, params)
  await savePushConfig(call, run, config, path)
  return run
}

/** Whoever waits counts as a reader, and is refused at the limit before anything starts. */
function readSend({ module, exchange }: TaskCall, params: unknown, mayLeave = true) {
  const parsed: SendParams = parse(sendParams, params, 'params')
  const { returnImmediately = false, historyLength } = parsed.configuration ?? {}
  const isNow = mayLeave && returnImmediately
  if (!isNow) module.engineOf(exchange).checkReaders(tenantOf(exchange))
  return { parsed, historyLength, isNow }
}

/** Operations of A2A that no agent here has, and what they answer. */
function refuseMethod(method: string): Error {
  const isCard = method === 'GetExtendedAgentCard'
  const reason: Reason = isCard ? 'UNSUPPORTED_OPERATION' : 'METHOD_NOT_FOUND'
  return refusalOf(reason, isCard ? 'The agent has no extended card' : 'There is no such method')
}

/** Calls an operation of A2A. */
export async function callOperation(
  call: TaskCall,
  method: string,
  params: unknown,
): Promise<Answered> {
  if (Object.hasOwn(pushOperations, method)) {
    return { value: await pushOperations[method as keyof typeof pushOperations](call, params) }
  }
  const operation = Object.hasOwn(operations, method) ? operations[method] : undefined
  if (!operation) throw refuseMethod(method)
  return operation(call, params)
}
