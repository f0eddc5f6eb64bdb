import { z } from 'zod'
import type { Exchange } from '../../http/exchange.ts'
import type { Route } from '../../http/route.ts'
import type { RunStatus, RunSummary } from '../../records/run.ts'
import type { WireTrace, WireTraceSummary } from '../answers/trace-answers.ts'
import type { Engine } from '../engine/engine.ts'
import type { AgentsModule } from '../module.ts'
import { toTraceSummary } from '../views/trace-summary.ts'
import { traceAnswers } from './answers.ts'
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
      operationId: 'listSessionTraces',
      tags: ['sessions', 'traces'],
      errors: ['not_found', 'unsupported_capability'],
      answer: traceAnswers('tracePage'),
      path: '/sessions/:sessionId/traces',
      summary: 'Traces of a session, newest first',
      async check({ sessionId }, exchange) {
        requireStore(module, 'sessions')
        await requireSession(module, sessionId, exchange)
      },
      query: z.object(pageQuery),
      list: (page, { engine, params: { sessionId } }) =>
        engine.stores.runs.list({ ...page, statuses: null, agentId: null, sessionId }),
      show: (runs, { engine }) => ({ traces: showSummaries(engine, runs) }),
    }),
    listRoute(module, {
      name: 'traces',
      operationId: 'listTraces',
      tags: ['traces'],
      errors: ['unsupported_capability'],
      answer: traceAnswers('tracePage'),
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
      show: async (runs, { engine, query }) => ({
        traces: await (query.include === 'detail' ? readDetails : showSummaries)(engine, runs),
      }),
    }),
    itemRoute(module, {
      name: 'trace',
      operationId: 'getTrace',
      tags: ['traces'],
      errors: ['not_found', 'unsupported_capability'],
      answer: traceAnswers('trace'),
      path: '/traces/:traceId',
      summary: 'One trace with its observations',
      check: () => requireStore(module, 'traces'),
      find: ({ traceId }, exchange) => requireTrace(module, traceId, exchange),
      async show(run, { engine }) {
        const [journal] = await engine.stores.runs.journals([run.id])
        const { readBefore, readTrace } = await import('./read-trace.ts')
        return readTrace(engine, requireFound(journal, 'Trace'), await readBefore(engine, run))
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

function showSummaries({ agents }: Engine, runs: readonly RunSummary[]): WireTraceSummary[] {
  return runs.map((run) => toTraceSummary(run, agents.get(run.agentId)))
}

/** Reads the journals of a whole page with one query. A run that was just deleted keeps its summary. */
async function readDetails(
  engine: Engine,
  runs: readonly RunSummary[],
): Promise<(WireTrace | WireTraceSummary)[]> {
  const journals = await engine.stores.runs.journals(runs.map(({ id }) => id))
  const { readTrace } = await import('./read-trace.ts')
  const details = journals.map(
    async (journal) => [journal.run.id, await readTrace(engine, journal)] as const,
  )
  const traces = new Map(await Promise.all(details))
  return runs.map(
    (run) => traces.get(run.id) ?? toTraceSummary(run, engine.agents.get(run.agentId)),
  )
}
