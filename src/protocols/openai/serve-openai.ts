import { z } from 'zod'
import type { AgentsModule } from '../../agents/module.ts'
import type { Protocol } from '../../agents/protocol.ts'
import type { ErrorCode } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { json } from '../../http/respond.ts'
import { defineRoute, type LazySchema, type Route } from '../../http/route.ts'
import { makeProtocol } from '../shared/make-protocol.ts'
import { answerApi } from './api-errors.ts'
import type * as answers from './openai-answers.ts'
import { chooseAgent, listModelNames, modelNameOf, toWireModel } from './model-names.ts'
import { itemsQuery, retrieveQuery } from './wire-queries.ts'

/**
 * Serves the agents in the protocols of OpenAI, for clients that speak them: Responses at `/v1/responses`, Chat Completions at
 * `/v1/chat/completions`, and the agents as models at `/v1/models`.
 *
 * A model is the id of an agent, or `agent/model` for one of the agent's `models`. The tools are the agent's: a client sends none,
 * sees those that ran as `mcp_call`, and decides approvals by `mcp_approval_response`. A parameter that would change the answer is
 * refused with 400.
 *
 * @example
 * new Studio([agent], { protocols: [openai()] })
 */
export function openai(): Protocol {
  return makeProtocol('openai', (module) => [
    ...responseRoutes(module),
    chatRoute(module),
    ...modelRoutes(module),
  ])
}

const answer =
  (name: keyof typeof answers): LazySchema =>
  async () =>
    (await import('./openai-answers.ts'))[name]

const refused = { 400: answer('errorBody'), 404: answer('errorBody') }

const startErrors: readonly ErrorCode[] = [
  'bad_request',
  'not_found',
  'conflict',
  'unprocessable',
  'rate_limited',
  'unsupported_capability',
]

/** Frames a handler that answers in OpenAI's shape. */
function api(
  module: AgentsModule,
  exchange: Exchange,
  handle: () => Promise<Response>,
  input = 'input',
) {
  return answerApi({ module, exchange, input }, handle)
}

function responseRoutes(module: AgentsModule): Route[] {
  const tags = ['protocols'] as const
  return [
    createRoute(module),
    defineRoute({
      name: 'openai_response',
      operationId: 'retrieveOpenAiResponse',
      tags,
      errors: ['not_found', 'gone', 'rate_limited'],
      answer: answer('responseAnswer'),
      answers: refused,
      stream: { media: ['text/event-stream'], event: answer('responseEvent') },
      method: 'GET',
      path: '/v1/responses/:responseId',
      summary: 'OpenAI: one response, or its events from the beginning or after a number',
      query: retrieveQuery,
      handle: ({ params: { responseId: id }, query }, exchange) =>
        api(module, exchange, async () =>
          (await import('./stored-responses.ts')).retrieveResponse({ module, exchange, id, query }),
        ),
    }),
    defineRoute({
      name: 'cancel_openai_response',
      operationId: 'cancelOpenAiResponse',
      tags,
      errors: ['not_found', 'gone'],
      answer: answer('responseAnswer'),
      answers: refused,
      method: 'POST',
      path: '/v1/responses/:responseId/cancel',
      summary: 'OpenAI: cancel a response; one that has ended stays as it is',
      handle: ({ params: { responseId: id } }, exchange) =>
        api(module, exchange, async () =>
          (await import('./stored-responses.ts')).cancelResponse({ module, exchange, id }),
        ),
    }),
    defineRoute({
      name: 'openai_input_items',
      operationId: 'listOpenAiInputItems',
      tags,
      errors: ['not_found', 'gone'],
      answer: answer('itemsAnswer'),
      answers: refused,
      method: 'GET',
      path: '/v1/responses/:responseId/input_items',
      summary: 'OpenAI: what a response was asked, all items in one page',
      query: itemsQuery,
      handle: ({ params: { responseId: id }, query }, exchange) =>
        api(module, exchange, async () =>
          (await import('./list-input-items.ts')).listInputItems({ module, exchange, id, query }),
        ),
    }),
  ]
}

function createRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'create_openai_response',
    operationId: 'createOpenAiResponse',
    tags: ['protocols'],
    errors: startErrors,
    answer: answer('responseAnswer'),
    answers: refused,
    stream: { media: ['text/event-stream'], event: answer('responseEvent') },
    method: 'POST',
    path: '/v1/responses',
    summary: 'OpenAI: run an agent, or decide its approvals, as a response',
    headers: ['idempotency-key'],
    body: z.unknown(),
    bodyShape: async () => (await import('./response-request.ts')).responseBody,
    attachments: true,
    handle: ({ body }, exchange) =>
      api(module, exchange, async () =>
        (await import('./create-response.ts')).createResponse(module, exchange, body),
      ),
  })
}

function chatRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'create_openai_completion',
    operationId: 'createOpenAiCompletion',
    tags: ['protocols'],
    errors: startErrors,
    answer: answer('completionAnswer'),
    answers: refused,
    stream: { media: ['text/event-stream'], event: answer('completionChunk') },
    method: 'POST',
    path: '/v1/chat/completions',
    summary: 'OpenAI: run an agent as a chat completion',
    headers: ['idempotency-key'],
    body: z.unknown(),
    bodyShape: async () => (await import('./completions/completion-request.ts')).chatBody,
    attachments: true,
    handle: ({ body }, exchange) =>
      api(
        module,
        exchange,
        async () =>
          (await import('./completions/complete-chat.ts')).completeChat(module, exchange, body),
        'messages',
      ),
  })
}

function modelRoutes(module: AgentsModule): Route[] {
  return [
    defineRoute({
      name: 'openai_models',
      operationId: 'listOpenAiModels',
      tags: ['protocols'],
      answer: answer('modelsAnswer'),
      method: 'GET',
      path: '/v1/models',
      summary: 'OpenAI: the agents as models',
      handle: () => ({ object: 'list', data: listModelNames(module).map(toWireModel) }),
    }),
    defineRoute({
      name: 'openai_model',
      operationId: 'retrieveOpenAiModel',
      tags: ['protocols'],
      errors: ['not_found'],
      answer: answer('modelAnswer'),
      answers: refused,
      method: 'GET',
      path: '/v1/models/:modelName',
      summary: 'OpenAI: one agent as a model',
      handle: ({ params: { modelName } }, exchange) =>
        api(module, exchange, async () => {
          const { agentId, model } = chooseAgent(module, modelName)
          return json(toWireModel(modelNameOf(agentId, model)))
        }),
    }),
  ]
}
