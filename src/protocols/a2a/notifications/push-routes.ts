import type { Exchange } from '../../../http/exchange.ts'
import { defineRoute, type LazySchema, type Route } from '../../../http/route.ts'
import type * as answers from '../a2a-answers.ts'
import { z } from 'zod'

/** Calls an operation of the agent of a request in the REST binding. */
export type RestCall = (
  exchange: Exchange,
  agentId: string,
  call: readonly [method: string, params: unknown],
) => Promise<Response>

interface PushRoutes {
  readonly check: (params: { readonly agentId?: string }) => void
  readonly rest: RestCall
  readonly answer: (name: keyof typeof answers) => LazySchema
}

const path = '/a2a/:agentId/v1/tasks/:taskId/pushNotificationConfigs'

/** The routes of push configurations in the REST binding. */
export function pushRoutes({ check, rest, answer }: PushRoutes): Route[] {
  const answers = { 400: answer('restError'), 404: answer('restError') }
  const errors = ['bad_request', 'not_found'] as const
  const common = { tags: ['protocols'], errors, answers, check } as const
  const one = `${path}/:configId` as const
  return [
    defineRoute({
      ...common,
      name: 'a2a_create_push_config',
      operationId: 'createTaskPushConfig',
      answer: answer('pushConfigAnswer'),
      method: 'POST',
      path,
      summary: 'A2A: have a URL told when a task ends, waits or goes on',
      body: z.unknown(),
      bodyShape: async () => (await import('./push-requests.ts')).pushConfig,
      handle: ({ params: { agentId, taskId }, body }, exchange) =>
        rest(exchange, agentId, [
          'CreateTaskPushNotificationConfig',
          { ...(body as object), taskId },
        ]),
    }),
    defineRoute({
      ...common,
      name: 'a2a_push_configs',
      operationId: 'listTaskPushConfigs',
      answer: answer('pushConfigList'),
      method: 'GET',
      path,
      summary: 'A2A: the URLs that are told about a task',
      handle: ({ params: { agentId, taskId } }, exchange) =>
        rest(exchange, agentId, ['ListTaskPushNotificationConfigs', { taskId }]),
    }),
    defineRoute({
      ...common,
      name: 'a2a_push_config',
      operationId: 'getTaskPushConfig',
      answer: answer('pushConfigAnswer'),
      method: 'GET',
      path: one,
      summary: 'A2A: one URL that is told about a task, without its secrets',
      handle: ({ params: { agentId, taskId, configId: id } }, exchange) =>
        rest(exchange, agentId, ['GetTaskPushNotificationConfig', { taskId, id }]),
    }),
    defineRoute({
      ...common,
      name: 'a2a_delete_push_config',
      operationId: 'deleteTaskPushConfig',
      answer: answer('nothing'),
      method: 'DELETE',
      path: one,
      summary: 'A2A: tell a URL no more about a task',
      handle: ({ params: { agentId, taskId, configId: id } }, exchange) =>
        rest(exchange, agentId, ['DeleteTaskPushNotificationConfig', { taskId, id }]),
    }),
  ]
}
