import { defineRoute, type Route } from '../../http/route.ts'
import type { Exchange } from '../../http/exchange.ts'
import { isoTime } from '../../lib/clock.ts'
import { library } from '../../library.ts'
import { approvalStatuses } from '../../records/approval.ts'
import { type RunStatus, runStatuses } from '../../records/run.ts'
import type { StoreCounts, Stores } from '../../storage/store.ts'
import type { Agent } from '../agent.ts'
import type { AgentsModule } from '../module.ts'
import type { WireAgent, WireConfig, WireStatus } from '../answers/catalog-answers.ts'
import { catalogAnswers } from './answers.ts'
import { tenantOf } from './page.ts'
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
    defineRoute({
      name: 'status',
      operationId: 'getStatus',
      tags: ['runtime'],
      answer: catalogAnswers('runtimeStatus'),
      method: 'GET',
      path: '/status',
      summary: 'What the runtime consists of and holds',
      handle: async (_input, exchange) => ({
        runner,
        ...(await readStores(module, exchange)),
        capabilities: readCapabilities(module),
        generatedAt: isoTime(module.clock.now()),
      }),
    }),
  ]
}

const runner = { id: library.name, name: library.name, version: library.version }

/** Names the stores and counts what the caller's tenant has in them. */
async function readStores(
  { agents, sessions, engineOf }: AgentsModule,
  exchange: Exchange,
): Promise<Pick<WireStatus, 'storage' | 'counts'>> {
  const { stores } = engineOf(exchange)
  const tenant = tenantOf(exchange)
  const { kind = 'custom' } = stores
  const counts = await (stores.counts?.(tenant) ?? countLists(stores, tenant))
  const traces = Object.values(counts.runs).reduce((sum, count) => sum + count, 0)
  return {
    storage: sessions
      ? { sessions: kind, runs: kind, traces: kind, approvals: kind }
      : { runs: kind, approvals: kind },
    counts: { agents: agents.size, ...counts, traces: Math.min(traces, 10_000) },
  }
}

/** Counts the first page of each list, for stores that cannot count. */
async function countLists(
  { sessions, runs, approvals }: Stores,
  tenant: string,
): Promise<StoreCounts> {
  const page = { tenant, limit: 100, cursor: null, agentId: null, sessionId: null }
  const found = await Promise.all([
    sessions.list(page),
    runs.list({ ...page, statuses: null }),
    approvals.list({ ...page, statuses: ['pending'], runId: null }),
    approvals.list({ ...page, statuses: decided, runId: null }),
  ])
  const [allSessions, allRuns, pending, resolved] = found
  const count = (status: RunStatus) => allRuns.items.filter((run) => run.status === status).length
  return {
    sessions: allSessions.items.length,
    runs: Object.fromEntries(
      runStatuses.map((status) => [status, count(status)]),
    ) as StoreCounts['runs'],
    approvals: { pending: pending.items.length, resolved: resolved.items.length },
  }
}

const decided = approvalStatuses.filter((status) => status !== 'pending')

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
  const tools = [...agents.values()].flatMap((agent) => agent.tools)
  const enabled = {
    agents: true,
    approvals: tools.some(({ approval }) => approval !== null),
    sessions,
    status: true,
    tools: tools.length > 0,
    traces: sessions,
  }
  const names = Object.entries(enabled).flatMap(([name, on]) => (on ? [name] : []))
  return Object.fromEntries(names.map((name) => [name, { enabled: true as const }]))
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
      approvalToolCount: agent.tools.filter(({ approval }) => approval !== null).length,
      defaultMaxTurns: agent.maxTurns,
    },
  })
}
