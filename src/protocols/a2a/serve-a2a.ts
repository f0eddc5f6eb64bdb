import { requireAgent } from '../../agents/http/require.ts'
import type { AgentsModule } from '../../agents/module.ts'
import type { Protocol } from '../../agents/protocol.ts'
import { StudioError } from '../../errors.ts'
import { defineRoute, type LazySchema, type Route } from '../../http/route.ts'
import { type KnownKeys, refuseUnknownKeys } from '../../lib/options/known-keys.ts'
import { pushReporter } from '../../outbound/relay/push-relay.ts'
import { makeProtocol } from '../shared/make-protocol.ts'
import type { AgentCard } from './a2a-answers.ts'
import type { A2aOptions } from './card-options.ts'
import { pushChannel } from './notifications/push-channel.ts'
import { resolvePush } from './notifications/push-options.ts'
import { taskRoutes } from './task-routes.ts'

const known: KnownKeys<A2aOptions> = {
  defaultAgent: true,
  publicCards: true,
  origin: true,
  version: true,
  push: true,
}

/**
 * Serves each agent to clients of A2A 1.0: JSON-RPC at `/a2a/:agentId`, HTTP+JSON below `/a2a/:agentId/v1`, and its card at
 * `/a2a/:agentId/.well-known/agent-card.json`. A task is a run and a context is a session.
 *
 * @throws TypeError for an unknown option, an origin that is none, and, in `new Studio`, for an agent that does not exist.
 *
 * @example
 * new Studio([support], { protocols: [a2a()] })
 */
export function a2a(options: A2aOptions = {}): Protocol {
  refuseUnknownKeys('a2a', options, known)
  const { origin } = options
  if (origin !== undefined && (!URL.canParse(origin) || new URL(origin).origin !== origin)) {
    throw new TypeError('a2a: origin must be like https://agents.example.com')
  }
  const push = options.push ? resolvePush(options.push) : null
  const serve = (module: AgentsModule) => {
    const { defaultAgent } = options
    if (defaultAgent !== undefined && !module.agents.has(defaultAgent)) {
      throw new TypeError(`a2a: there is no agent "${defaultAgent}"`)
    }
    return [...cardRoutes(module, options), ...taskRoutes(module, push)]
  }
  return makeProtocol(
    'a2a',
    serve,
    push ? pushReporter('push of a2a', pushChannel(push)) : undefined,
  )
}

const answer: LazySchema<AgentCard> = async () => (await import('./a2a-answers.ts')).agentCard

function cardRoutes(module: AgentsModule, options: A2aOptions): Route[] {
  const { publicCards = false } = options
  const [only, ...others] = module.agents.keys()
  const first = options.defaultAgent ?? (others.length === 0 ? only : undefined)
  const common = {
    tags: ['protocols'],
    errors: ['not_found'],
    answer,
    method: 'GET',
    ...(publicCards ? { open: true } : {}),
    etag: (card: unknown) => card,
  } as const
  return [
    defineRoute({
      ...common,
      name: 'a2a_card',
      operationId: 'readDefaultAgentCard',
      path: '/.well-known/agent-card.json',
      summary: 'A2A: the card of the only agent, or of the default one',
      async handle(_, exchange) {
        const agent = first === undefined ? undefined : module.agents.get(first)
        if (!agent || first === undefined) {
          const message =
            'No agent is the default one: each has its card below /a2a/<id of the agent>'
          throw new StudioError('not_found', message)
        }
        const { toAgentCard } = await import('./agent-cards.ts')
        return toAgentCard(module, exchange, { agent, agentId: first, options })
      },
    }),
    defineRoute({
      ...common,
      name: 'a2a_agent_card',
      operationId: 'readAgentCard',
      path: '/a2a/:agentId/.well-known/agent-card.json',
      summary: 'A2A: the card of an agent',
      async handle({ params: { agentId } }, exchange) {
        const agent = requireAgent(module, agentId)
        const { toAgentCard } = await import('./agent-cards.ts')
        return toAgentCard(module, exchange, { agent, agentId, options })
      },
    }),
  ]
}
