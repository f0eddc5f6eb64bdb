import { z } from 'zod'
import { requireAgent } from '../../agents/http/require.ts'
import type { AgentsModule } from '../../agents/module.ts'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type LazySchema, type Route } from '../../http/route.ts'
import type * as answers from './a2a-answers.ts'
import type { PushSettings } from './notifications/push-options.ts'
import { pushRoutes, type RestCall } from './notifications/push-routes.ts'
import { getQuery, listQuery } from './requests.ts'

const answer =
  (name: keyof typeof answers): LazySchema =>
  async () => {
    const schema = (await import('./a2a-answers.ts'))[name]
    return schema as z.ZodType
  }

const media = ['text/event-stream'] as const
const tags = ['protocols'] as const
const errors = ['bad_request', 'not_found', 'rate_limited'] as const
const refused = { 400: answer('restError'), 404: answer('restError') }
const stream = { media, event: answer('restEvent') }

/** Returns the routes of both bindings. */
export function taskRoutes(module: AgentsModule, push: PushSettings | null): Route[] {
  const check = ({ agentId = '' }: { readonly agentId?: string }) => {
    requireAgent(module, agentId)
  }
  const rest = async (exchange: Exchange, agentId: string, call: readonly [string, unknown]) =>
    (await import('./answer-rest.ts')).answerRest({ module, exchange, agentId, push }, ...call)
  return [
    defineRoute({
      name: 'a2a_rpc',
      operationId: 'callAgentRpc',
      tags,
      errors: ['not_found', 'payload_too_large', 'unsupported_media_type', 'rate_limited'],
      answer: answer('rpcAnswer'),
      stream: { media, event: answer('rpcEvent') },
      method: 'POST',
      path: '/a2a/:agentId',
      summary: 'A2A: a request of JSON-RPC to an agent',
      check,
      bodyShape: async () => (await import('./requests.ts')).rpcBody,
      handle: async ({ params: { agentId } }, exchange) =>
        (await import('./answer-rpc.ts')).answerRpc({ module, exchange, agentId, push }),
    }),
    messageRoute(check, rest),
    ...actionRoutes(check, rest),
    ...readRoutes(check, rest),
    ...(push ? pushRoutes({ check, rest, answer }) : []),
  ]
}

type Check = (params: { readonly agentId?: string }) => void
type Rest = RestCall

/** What follows a colon is a parameter of its own: a path has no other way to say a colon. */
const messagePath: string = '/a2a/:agentId/v1/message::messageAction'
const actionPath: string = '/a2a/:agentId/v1/tasks/:taskId::taskAction'

/** @throws StudioError `not_found` for a word that is not one of these. */
function requireAction(action: string | undefined, known: readonly string[]): void {
  if (!known.includes(action ?? '')) throw new StudioError('not_found', 'Not found')
}

function messageRoute(check: Check, rest: Rest): Route {
  return defineRoute({
    name: 'a2a_message',
    operationId: 'sendTaskMessage',
    tags,
    errors,
    answer: answer('sent'),
    answers: refused,
    stream,
    method: 'POST',
    path: messagePath,
    summary: 'A2A: send a message, `send` for the task, `stream` for its events',
    check(params) {
      check(params)
      requireAction(params['messageAction'], ['send', 'stream'])
    },
    body: z.unknown(),
    bodyShape: async () => (await import('./requests.ts')).sendParams,
    attachments: true,
    handle: ({ params: { agentId = '', messageAction }, body }, exchange) =>
      rest(exchange, agentId, [
        messageAction === 'send' ? 'SendMessage' : 'SendStreamingMessage',
        body,
      ]),
  })
}

function actionRoutes(check: Check, rest: Rest): Route[] {
  const common = { tags, errors, answers: refused, path: actionPath } as const
  return [
    defineRoute({
      ...common,
      name: 'a2a_task_action',
      operationId: 'changeTask',
      answer: answer('task'),
      stream,
      method: 'POST',
      summary: 'A2A: `cancel` a task, or `subscribe` to its events',
      check(params) {
        check(params)
        requireAction(params['taskAction'], ['cancel', 'subscribe'])
      },
      handle: ({ params: { agentId = '', taskId: id, taskAction } }, exchange) =>
        rest(exchange, agentId, [
          taskAction === 'cancel' ? 'CancelTask' : 'SubscribeToTask',
          { id },
        ]),
    }),
    defineRoute({
      ...common,
      name: 'a2a_subscribe',
      operationId: 'subscribeToTask',
      stream,
      method: 'GET',
      summary: 'A2A: `subscribe` to the events of a task',
      check(params) {
        check(params)
        requireAction(params['taskAction'], ['subscribe'])
      },
      handle: ({ params: { agentId = '', taskId: id } }, exchange) =>
        rest(exchange, agentId, ['SubscribeToTask', { id }]),
    }),
  ]
}

function readRoutes(check: Check, rest: Rest): Route[] {
  const common = { tags, errors, answers: refused, method: 'GET', check } as const
  return [
    defineRoute({
      ...common,
      name: 'a2a_tasks',
      operationId: 'listAgentTasks',
      answer: answer('taskPage'),
      path: '/a2a/:agentId/v1/tasks',
      summary: 'A2A: the tasks of an agent, the latest first',
      query: listQuery,
      handle: ({ params: { agentId }, query }, exchange) =>
        rest(exchange, agentId, ['ListTasks', query]),
    }),
    defineRoute({
      ...common,
      name: 'a2a_task',
      operationId: 'getAgentTask',
      answer: answer('task'),
      path: '/a2a/:agentId/v1/tasks/:taskId',
      summary: 'A2A: one task',
      query: getQuery,
      handle: ({ params: { agentId, taskId: id }, query }, exchange) =>
        rest(exchange, agentId, ['GetTask', { id, ...query }]),
    }),
  ]
}
