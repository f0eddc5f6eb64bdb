import type { Ledger } from '../ledger.ts'
import type { Random } from '../random.ts'
import { unrulyKeys } from './unruly-project.ts'
import { unrulyPrompts } from './unruly.ts'

/** A request to one endpoint. */
export interface CampaignRequest {
  readonly method: 'GET' | 'POST' | 'DELETE'
  readonly path: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: unknown
  /** How long the answer may take, in milliseconds. @default 15_000 */
  readonly limitMs?: number
  /** True for a request that user code may fail; its 500 is right. */
  readonly mayFail?: boolean
}

const readPaths = [
  '/studio/handshake',
  '/studio/context/summary',
  '/studio/health',
  '/studio/migrations/summary',
  '/studio/migrations',
  '/studio/schema/handshake',
  '/ai/context/full',
  '/ai/context/models',
  '/ai/context/viewsets',
  '/ai/context/routes',
  '/ai/context/migrations',
  '/ai/context/settings',
  '/ai/context/admin',
  '/ai/context/models/Book',
  '/ai/schema/health',
  '/ai/schema/issues',
  '/ai/schema/diff',
  '/ai/query/models',
  '/ai/tools',
  '/ai/tools/mcp',
  '/ai/tools/openai',
  '/ai/tools/book_list',
  '/health',
  '/config',
  '/status',
  '/agents',
  '/agents/unruly',
  '/sessions',
  '/traces',
  '/traces?include=detail&limit=5',
  '/approvals?status=pending',
  '/runs?limit=20',
]

type Draw = (random: Random, ledger: Ledger) => CampaignRequest

const draws: readonly Draw[] = [
  ...readPaths.map((path): Draw => () => ({ method: 'GET', path })),
  () => ({
    method: 'POST',
    path: '/ai/query/execute',
    body: { model: 'Book', pagination: { limit: 5 } },
  }),
  () => ({
    method: 'POST',
    path: '/ai/query/execute',
    body: { model: 'Loan', filters: [{ field: 'id', lookup: 'gte', value: 0 }] },
  }),
  () => ({ method: 'POST', path: '/ai/query/plan/schema', body: {} }),
  (random) => callTool('book_retrieve', { pk: random.pick(unrulyKeys) }),
  (random) => callTool('book_delete', { pk: random.pick(unrulyKeys) }),
  () => callTool('book_list', {}),
  () => callTool('schema_health', {}),
  () => callMcp('book_list', {}),
  (random) => callMcp('book_retrieve', { pk: random.pick(unrulyKeys) }),
  () => callMcp('query_data', { model: 'Book' }),
  () => ({ method: 'POST', path: '/sessions', body: { agentId: 'unruly' } }),
  (random, { sessions }) => ({ method: 'GET', path: `/sessions/${pick(random, sessions)}` }),
  (random, { sessions }) => ({ method: 'GET', path: `/sessions/${pick(random, sessions)}/traces` }),
  (random, { runs }) => ({ method: 'GET', path: `/runs/${pick(random, runs)}` }),
  (random, { runs }) => ({
    method: 'GET',
    path: `/runs/${pick(random, runs)}/events?limit=5`,
    limitMs: 120_000,
  }),
  (random, { decisions }) => ({
    method: 'GET',
    path: `/approvals/${pick(random, decisions.keys())}`,
  }),
  ...Array.from({ length: 8 }, (): Draw => drawUnrulyRun),
]

/** Draws a request to any endpoint of both modules. */
export function drawRequest(random: Random, ledger: Ledger): CampaignRequest {
  return random.pick(draws)(random, ledger)
}

function drawUnrulyRun(random: Random): CampaignRequest {
  const body = {
    message: random.pick(unrulyPrompts),
    timeoutMs: random.between(500, 3_000),
    ...(random.chance(0.5) ? { stream: true } : {}),
    ...(random.chance(0.2) ? { cancelOnDisconnect: true } : {}),
  }
  const headers: Record<string, string> = random.chance(0.2) ? { prefer: 'respond-async' } : {}
  return {
    method: 'POST',
    path: '/agents/unruly/runs',
    headers,
    body,
    limitMs: 120_000,
    mayFail: true,
  }
}

function callTool(name: string, args: object): CampaignRequest {
  const headers = { 'x-ai-apply': 'true' }
  return {
    method: 'POST',
    path: `/ai/tools/${name}/call`,
    headers,
    body: { arguments: args },
    limitMs: 45_000,
  }
}

function callMcp(name: string, args: object): CampaignRequest {
  return {
    method: 'POST',
    path: '/ai/mcp',
    headers: {
      accept: 'application/json, text/event-stream',
      'mcp-protocol-version': '2025-06-18',
    },
    body: { jsonrpc: '2.0', id: 1, method: 'tools/call', params: { name, arguments: args } },
    limitMs: 45_000,
  }
}

function pick(random: Random, ids: Iterable<string>): string {
  const list = [...ids]
  return list.length === 0 ? 'none' : random.pick(list)
}
