import { defineRoute, type Route } from '../../http/route.ts'
import { isoTime } from '../../lib/clock.ts'
import type { JsonObject } from '../../lib/json.ts'
import { library } from '../../library.ts'
import type { Agent } from '../agent.ts'
import { type AgentRuntime } from '../module.ts'
import { requireAgent } from './require.ts'
import { present } from '../views/resources.ts'

/** `GET /health`, `/config`, `/agents`, `/agents/:agentId` and `/status`. */
export function catalogRoutes(runtime: AgentRuntime): Route[] {
  return [
    defineRoute({
      name: 'runtime_health',
      method: 'GET',
      path: '/health',
      summary: 'Is the runtime alive?',
      open: true,
      handle: () => ({ status: 'ok', runner }),
    }),
    defineRoute({
      name: 'config',
      method: 'GET',
      path: '/config',
      summary: 'Agents, quick prompts and enabled capabilities',
      etag: (answer) => answer,
      handle: () => readConfig(runtime),
    }),
    defineRoute({
      name: 'agents',
      method: 'GET',
      path: '/agents',
      summary: 'The registered agents',
      etag: (answer) => answer,
      handle: () => ({ agents: toWireAgents(runtime) }),
    }),
    defineRoute({
      name: 'agent',
      method: 'GET',
      path: '/agents/:agentId',
      summary: 'One agent',
      handle: ({ params }) =>
        toWireAgent(params['agentId'] ?? '', requireAgent(runtime, params['agentId'])),
    }),
    defineRoute({
      name: 'status',
      method: 'GET',
      path: '/status',
      summary: 'What the runtime consists of',
      handle: () => ({
        runner,
        counts: { agents: runtime.agents.size },
        capabilities: readCapabilities(runtime),
        generatedAt: isoTime(runtime.clock.now()),
      }),
    }),
  ]
}

const runner = { id: library.name, name: library.name, version: library.version }

/** The runtime as a whole (contract runs.md 3.2): only what is enabled is listed. */
export function readConfig(runtime: AgentRuntime): JsonObject {
  return {
    ...runner,
    agents: toWireAgents(runtime),
    pipelines: [],
    evals: [],
    chat: {
      quickPrompts: Object.fromEntries(
        [...runtime.agents].map(([id, { quickPrompts }]) => [id, quickPrompts]),
      ),
    },
    capabilities: readCapabilities(runtime),
    unsupportedCapabilities: runtime.sessions ? [] : ['sessions', 'traces'],
  }
}

function readCapabilities({ agents, sessions }: AgentRuntime): JsonObject {
  const tools = [...agents.values()].flatMap((agent) => agent.tools)
  const enabled = {
    agents: true,
    approvals: tools.some(({ approval }) => approval !== null),
    memory: sessions,
    sessions,
    status: true,
    tools: tools.length > 0,
    traces: sessions,
  }
  const names = Object.entries(enabled).flatMap(([name, on]) => (on ? [name] : []))
  return Object.fromEntries(names.map((name) => [name, { enabled: true }]))
}

function toWireAgents({ agents }: AgentRuntime): JsonObject[] {
  return [...agents].map(([id, agent]) => toWireAgent(id, agent))
}

/** An agent as clients see it (contract runs.md 2.4): nothing of its model or code, so nothing can leak. */
function toWireAgent(id: string, agent: Agent): JsonObject {
  return present({
    id,
    name: agent.name,
    description: agent.description,
    quickPrompts: agent.quickPrompts,
    metadata: {
      ...agent.metadata,
      staticContextCount: 0,
      dynamicContextCount: 0,
      dynamicToolCount: 0,
      hasOutputSchema: false,
      hasHook: false,
      observerCount: 0,
      approvalToolCount: agent.tools.filter(({ approval }) => approval !== null).length,
      defaultMaxTurns: agent.maxTurns,
    },
  })
}
