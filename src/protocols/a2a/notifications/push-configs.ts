import { parse } from '../../../http/parse.ts'
import type { RunSummary } from '../../../records/run.ts'
import type { PushTarget, PushTargetStore } from '../../../storage/store.ts'
import type { WirePushConfig } from '../a2a-answers.ts'
import { requireTask, type TaskCall } from '../read-tasks.ts'
import { refusalOf } from '../refusals.ts'
import type { PushSettings } from './push-options.ts'
import {
  createPushParams,
  listPushParams,
  onePushParams,
  readStoredConfig,
  type SentPushConfig,
  toStoredConfig,
} from './push-requests.ts'

/** How many configurations a task may have. */
const maxConfigs = 10

/** @throws StudioError unless the studio sends push notifications. */
export function requirePush(call: TaskCall): {
  readonly push: PushSettings
  readonly targets: PushTargetStore
} {
  const targets = call.module.engineOf(call.exchange).stores.pushTargets
  if (call.push && targets) return { push: call.push, targets }
  throw refusalOf('PUSH_NOTIFICATION_NOT_SUPPORTED', 'Push notifications are not supported')
}

/** The operations on the push configurations of a task. Only its own tenant and agent reach them. */
export const pushOperations = {
  async CreateTaskPushNotificationConfig(call: TaskCall, params: unknown) {
    requirePush(call)
    const config = parse(createPushParams, params, 'params')
    const run = await requireTask(call, config.taskId)
    return savePushConfig(call, run, config, '')
  },
  async GetTaskPushNotificationConfig(call: TaskCall, params: unknown) {
    const { id, listed } = await findOne(call, params)
    const found = listed.find((target) => target.id === id)
    if (!found) throw noSuchConfig()
    return found
  },
  async ListTaskPushNotificationConfigs(call: TaskCall, params: unknown) {
    const { targets } = requirePush(call)
    const run = await requireTask(call, parse(listPushParams, params, 'params').taskId)
    return { configs: (await targets.list(run.id)).map(toWire), nextPageToken: '' }
  },
  async DeleteTaskPushNotificationConfig(call: TaskCall, params: unknown) {
    const { targets } = requirePush(call)
    const { taskId, id } = parse(onePushParams, params, 'params')
    const run = await requireTask(call, taskId)
    if (!(await targets.delete({ runId: run.id, id }))) throw noSuchConfig()
    return {}
  },
} satisfies Readonly<Record<string, (call: TaskCall, params: unknown) => Promise<object>>>

async function findOne(call: TaskCall, params: unknown) {
  const { targets } = requirePush(call)
  const { taskId, id } = parse(onePushParams, params, 'params')
  const run = await requireTask(call, taskId)
  return { id, listed: (await targets.list(run.id)).map(toWire) }
}

/** Refuses a URL outside of the allowed origins, which is all that keeps clients from reaching what only this host reaches. */
export function checkPushUrl({ push }: { push: PushSettings }, url: string, path: string): void {
  const { origin, username, password } = new URL(url)
  if (push.origins.has(origin) && !username && !password) return
  throw refusalOf('INVALID_PARAMS', 'Notifications cannot be sent there', [
    { path: `${path}url`, message: 'has an origin that this server does not allow' },
  ])
}

/** Saves a configuration for a task, and returns it without its secrets. */
export async function savePushConfig(
  call: TaskCall,
  run: RunSummary,
  config: SentPushConfig,
  path: string,
): Promise<WirePushConfig> {
  const { push, targets } = requirePush(call)
  checkPushUrl({ push }, config.url, path)
  const id = config.id || call.module.engineOf(call.exchange).ids.uuid()
  const target = { id, runId: run.id, data: toStoredConfig(config) }
  if (await targets.put(target, maxConfigs)) return toWire({ ...target, sent: [] })
  throw refusalOf('UNSUPPORTED_OPERATION', `A task has at most ${maxConfigs} configurations`)
}

function toWire({ id, runId: taskId, data }: PushTarget): WirePushConfig {
  const { url = '', authentication } = readStoredConfig(data) ?? {}
  return {
    id,
    taskId,
    url,
    ...(authentication ? { authentication: { scheme: authentication.scheme } } : {}),
  }
}

function noSuchConfig() {
  return refusalOf('TASK_NOT_FOUND', 'The task has no such configuration')
}
