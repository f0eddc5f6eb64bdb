import { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import type { Route } from '../../http/route.ts'
import type { JsonObject } from '../../lib/json.ts'
import type { RunStatus, RunSummary } from '../../records/run.ts'
import type { RunJournal } from '../../storage/store.ts'
import type { Engine } from '../engine/engine.ts'
import type { AgentsModule } from '../module.ts'
import { toTraceSummary } from '../views/trace-summary.ts'
import { pageQuery, tenantOf } from './page.ts'
import { requireFound, requireSession, requireStore } from './require.ts'
import { itemRoute, listRoute } from './resource-routes.ts'

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

/** `GET /sessions/:sessionId/traces`, `/traces` and `/traces/:traceId`. A trace is a view of a run's journal. */
export function traceRoutes(module: AgentsModule): Route[] {
  return [
    listRoute(module, {
      name: 'session_traces',
      key: 'traces',
      path: '/sessions/:sessionId/traces',
      summary: 'Traces of a session, newest first',
      async check({ sessionId }, exchange) {
        requireStore(module, 'sessions')
        await requireSession(module, sessionId, exchange)
      },
      query: z.object(pageQuery),
      list: (page, { engine, params: { sessionId } }) =>
        engine.stores.runs.list({ ...page, statuses: null, agentId: null, sessionId }),
      show: (runs) => runs.map(toTraceSummary),
    }),
    listRoute(module, {
      name: 'traces',
      path: '/traces',
      summary: 'Traces, newest first',
      check: () => requireStore(module, 'traces'),
      query: tracesQuery,
      list: (page, { engine, query }) =>
        engine.stores.runs.list({
          ...page,
          statuses: query.status ? runStatusesOf[query.status] : null,
          agentId: query.agentId ?? null,
          sessionId: query.sessionId ?? null,
        }),
      show: (runs, { engine, query }) =>
        query.include === 'detail' ? readDetails(engine, runs) : runs.map(toTraceSummary),
    }),
    itemRoute(module, {
      name: 'trace',
      path: '/traces/:traceId',
      summary: 'One trace with its observations',
      check: () => requireStore(module, 'traces'),
      find: ({ traceId }, exchange) => requireTrace(module, traceId, exchange),
      async show(run, { engine }) {
        const [journal] = await engine.stores.runs.journals([run.id])
        return readTrace(engine, requireFound(journal, 'Trace'))
      },
    }),
  ]
}

async function requireTrace(
  { engineOf }: AgentsModule,
  traceId: string,
  exchange: Exchange,
): Promise<RunSummary> {
  const { runs } = engineOf(exchange).stores
  return requireFound(await runs.getByTrace(tenantOf(exchange), traceId), 'Trace')
}

/** Reads the journals of a whole page with one query. A run that was just deleted keeps its summary. */
async function readDetails(engine: Engine, runs: readonly RunSummary[]): Promise<JsonObject[]> {
  const journals = await engine.stores.runs.journals(runs.map(({ id }) => id))
  const details = journals.map(
    async (journal) => [journal.run.id, await readTrace(engine, journal)] as const,
  )
  const traces = new Map(await Promise.all(details))
  return runs.map((run) => traces.get(run.id) ?? toTraceSummary(run))
}

async function readTrace({ agents }: Engine, journal: RunJournal): Promise<JsonObject> {
  const { toTrace } = await import('../views/trace.ts')
  return toTrace(journal, agents.get(journal.run.agentId))
}
