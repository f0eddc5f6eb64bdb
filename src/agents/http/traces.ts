import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import type { Exchange } from '../../http/exchange.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { Run, RunStatus } from '../../records/run.ts'
import type { Page, RunJournal } from '../../storage/store.ts'
import type { Engine } from '../engine/engine.ts'
import { pageQuery, tenantOf, toPageRequest, toWirePage } from './page.ts'
import { type AgentRuntime } from '../module.ts'
import { requireSession, requireStore } from './require.ts'
import { toTraceSummary } from '../views/trace-summary.ts'

const pageOnly = z.object(pageQuery)

const tracesQuery = z.object({
  ...pageQuery,
  status: z.enum(['running', 'success', 'error', 'cancelled']).optional(),
  agentId: z.string().optional(),
  sessionId: z.string().optional(),
  include: z.string().optional(),
})

const runStatusesOf: Record<'running' | 'success' | 'error' | 'cancelled', RunStatus[]> = {
  running: ['queued', 'running', 'waiting'],
  success: ['succeeded'],
  error: ['failed'],
  cancelled: ['cancelled'],
}

/** `GET /sessions/:sessionId/traces`, `/traces` and `/traces/:traceId` (contract runs.md D.6): views of the journal. */
export function traceRoutes(runtime: AgentRuntime): Route[] {
  return [sessionTracesRoute(runtime), listRoute(runtime), itemRoute(runtime)]
}

function sessionTracesRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'session_traces',
    method: 'GET',
    path: '/sessions/:sessionId/traces',
    summary: 'Traces of a session, newest first',
    async check({ sessionId }, exchange) {
      requireStore(runtime, 'sessions')
      await requireSession(runtime, sessionId, exchange)
    },
    query: pageOnly,
    async handle({ params, query }, exchange) {
      const filter = { statuses: null, agentId: null, sessionId: params['sessionId'] ?? null }
      const page = await runtime
        .engineOf(exchange)
        .stores.runs.list({ ...toPageRequest(query, exchange), ...filter })
      return toWirePage('traces', page, toTraceSummary)
    },
  })
}

function listRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'traces',
    method: 'GET',
    path: '/traces',
    summary: 'Traces, newest first',
    check: () => requireStore(runtime, 'traces'),
    query: tracesQuery,
    async handle({ query }, exchange) {
      const page = await runtime.engineOf(exchange).stores.runs.list({
        ...toPageRequest(query, exchange),
        statuses: query.status ? runStatusesOf[query.status] : null,
        agentId: query.agentId ?? null,
        sessionId: query.sessionId ?? null,
      })
      if (query.include !== 'detail') return toWirePage('traces', page, toTraceSummary)
      return toWirePage('traces', page, await readDetails(runtime.engineOf(exchange), page))
    },
  })
}

/** One query for the whole page. */
async function readDetails(engine: Engine, page: Page<Run>): Promise<(run: Run) => JsonObject> {
  const journals = await engine.stores.runs.journals(page.items.map(({ id }) => id))
  const details = journals.map(
    async (journal) => [journal.run.id, await readTrace(engine, journal)] as const,
  )
  const traces = new Map(await Promise.all(details))
  return (run) => traces.get(run.id) ?? toTraceSummary(run)
}

/** The view of a whole trace is loaded when the first one is asked for: a core entry stays small that way. */
async function readTrace({ agents }: Engine, journal: RunJournal): Promise<JsonObject> {
  const { toTrace } = await import('../views/trace.ts')
  return toTrace(journal, agents.get(journal.run.agentId))
}

function itemRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'trace',
    method: 'GET',
    path: '/traces/:traceId',
    summary: 'One trace with its observations',
    check: () => requireStore(runtime, 'traces'),
    async handle({ params }, exchange) {
      const run = await requireTrace(runtime, params['traceId'], exchange)
      const engine = runtime.engineOf(exchange)
      const [journal] = await engine.stores.runs.journals([run.id])
      if (!journal) throw new StudioError('not_found', 'Trace not found')
      return readTrace(engine, journal)
    },
  })
}

async function requireTrace(
  { engineOf }: AgentRuntime,
  traceId: string | undefined,
  exchange: Exchange,
): Promise<Run> {
  const run = await engineOf(exchange).stores.runs.getByTrace(tenantOf(exchange), traceId ?? '')
  if (!run) throw new StudioError('not_found', 'Trace not found')
  return run
}
