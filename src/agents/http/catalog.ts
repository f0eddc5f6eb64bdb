import { defineRoute, type Route } from '../../http/route.ts'
import { isoTime } from '../../lib/clock.ts'
import { library } from '../../library.ts'
import type { Agent } from '../agent.ts'
import type { AgentsModule } from '../module.ts'
import type { WireAgent, WireConfig } from '../answers/catalog-answers.ts'
import { catalogAnswers } from './answers.ts'
import { requireAgent } from './require.ts'
import { present } from '../views/resources.ts'

/** `GET /health`, `/config`, `/agents`, `/agents/:agentId` and `/status`. */
export function catalogRoutes(module: AgentsModule): Route[] {
  return [
    defineRoute({
      name: 'runtime_health',
      operationId: 'getRuntimeHealth',
      tags: ['runtime'],
      method: 'GET',
      path: '/health',
      summary: 'Answers while the runtime is alive',
      open: true,
      answer: catalogAnswers('runtimeHealth'),
      handle: () => ({ status: 'ok' as const, runner }),
    }),
    defineRoute({
      name: 'config',
      operationId: 'getConfig',
      tags: ['runtime'],
      answer: catalogAnswers('runtimeConfig'),
      method: 'GET',
      path: '/config',
      summary: 'Agents, quick prompts and enabled capabilities',
      etag: (answer) => answer,
      handle: () => readConfig(module),
    }),
    defineRoute({
      name: 'agents',
      operationId: 'listAgents',
      tags: ['agents'],
      answer: catalogAnswers('agentList'),
      method: 'GET',
      path: '/agents',
      summary: 'The registered agents',
      etag: (answer) => answer,
      handle: () => ({ agents: toWireAgents(module) }),
    }),
    defineRoute({
      name: 'agent',
      operationId: 'getAgent',
      tags: ['agents'],
      errors: ['not_found'],
      answer: catalogAnswers('agentConfig'),
      method: 'GET',
      path: '/agents/:agentId',
      summary: 'One agent',
      handle: ({ params: { agentId } }) => toWireAgent(agentId, requireAgent(module, agentId)),
    }),
    statusRoute(module),
  ]
}

function statusRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'status',
    operationId: 'getStatus',
    tags: ['runtime'],
    answer: catalogAnswers('runtimeStatus'),
    method: 'GET',
    path: '/status',
    summary: 'What the runtime consists of and holds',
    async handle(_input, exchange) {
      const { readStores } = await import('./store-counts.ts')
      return {
        runner,
        ...(await readStores(module, exchange)),
        capabilities: readCapabilities(module),
        generatedAt: isoTime(module.clock.now()),
      }
    },
  })
}

const runner = { id: library.name, name: library.name, version: library.version }

/** Returns the answer of `GET /config`. It lists only the capabilities that are enabled. */
export function readConfig(module: AgentsModule): WireConfig {
  return {
    ...runner,
    agents: toWireAgents(module),
    pipelines: [],
    evals: [],
    chat: {
      quickPrompts: Object.fromEntries(
        [...module.agents].map(([id, { quickPrompts }]) => [id, quickPrompts]),
      ),
    },
    capabilities: readCapabilities(module),
    unsupportedCapabilities: module.sessions ? [] : ['sessions', 'traces'],
  }
}

function readCapabilities({ agents, sessions }: AgentsModule): WireConfig['capabilities'] {
  const all = [...agents.values()]
  const tools = all.flatMap((agent) => agent.tools)
  const enabled = {
    agents: true,
    approvals: all.some(({ hosted }) => hosted) || tools.some(({ approval }) => approval),
    sessions,
    status: true,
    tools: tools.length > 0,
    traces: sessions,
  }
  return Object.fromEntries(
    Object.entries(enabled).flatMap(([name, on]) =>
      on ? [[name, { enabled: true as const }]] : [],
    ),
  )
}

function toWireAgents({ agents }: AgentsModule): WireAgent[] {
  return [...agents].map(([id, agent]) => toWireAgent(id, agent))
}

// Shows no member of the model or the code, so that neither can leak.
function toWireAgent(id: string, agent: Agent): WireAgent {
  return present<WireAgent>({
    id,
    name: agent.name,
    description: agent.description,
    durability: agent.hosted ? 'segments' : 'turns',
    quickPrompts: agent.quickPrompts,
    models: agent.models.size > 0 ? [...agent.models.keys()] : null,
    metadata: {
      ...agent.metadata,
      staticContextCount: 0,
      dynamicContextCount: 0,
      dynamicToolCount: 0,
      hasOutputSchema: false,
      hasHook: false,
      observerCount: 0,
      approvalToolCount: agent.tools.filter(({ approval }) => approval).length,
      defaultMaxTurns: agent.maxTurns,
    },
  })
}
