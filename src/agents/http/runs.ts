import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { runStatuses } from '../../records/run.ts'
import { ndjsonFormat, sseFormat, streamLog } from './event-stream.ts'
import { pageQuery, tenantOf, toPageRequest, toWirePage } from './page.ts'
import { heartbeatMs } from './create-run.ts'
import { awaitOutcome } from './run-outcome.ts'
import { type AgentRuntime } from '../module.ts'
import { readWireRun, requireRun } from './require.ts'
import { toWireRun } from '../views/resources.ts'

const runsQuery = z.object({
  ...pageQuery,
  status: z.enum(runStatuses).optional(),
  agentId: z.string().optional(),
  sessionId: z.string().optional(),
})

const eventsQuery = z.object({
  after: z
    .string()
    .regex(/^(-1|\d{1,15})$/, 'must be a sequence number')
    .transform(Number)
    .optional(),
  types: z.string().transform(parseTypes).optional(),
})

/** `types=text_delta,tool_result`; a blank list shows all. */
function parseTypes(list: string): ReadonlySet<string> | null {
  const types = list.split(',').map((type) => type.trim())
  return types.some((type) => type !== '') ? new Set(types) : null
}

/** How long a cancel waits to see the run end before it answers with the run as it is. */
const cancelWaitMs = 1000

/** `GET /runs`, `/runs/:runId`, `/runs/:runId/events` and `POST /runs/:runId/cancel` (contract runs.md D.2). */
export function runRoutes(runtime: AgentRuntime): Route[] {
  return [listRoute(runtime), itemRoute(runtime), eventsRoute(runtime), cancelRoute(runtime)]
}

function listRoute({ engineOf }: AgentRuntime): Route {
  return defineRoute({
    name: 'runs',
    method: 'GET',
    path: '/runs',
    summary: 'Runs, newest first',
    query: runsQuery,
    async handle({ query }, exchange) {
      const { runs, approvals } = engineOf(exchange).stores
      const page = await runs.list({
        ...toPageRequest(query, exchange),
        statuses: query.status ? [query.status] : null,
        agentId: query.agentId ?? null,
        sessionId: query.sessionId ?? null,
      })
      const waiting = page.items.filter(({ status }) => status === 'waiting').map(({ id }) => id)
      const pending = waiting.length > 0 ? await approvals.pendingOf(waiting) : []
      return toWirePage('runs', page, (run) =>
        toWireRun(
          run,
          pending.filter(({ runId }) => runId === run.id),
        ),
      )
    },
  })
}

function itemRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'run',
    method: 'GET',
    path: '/runs/:runId',
    summary: 'One run as it stands',
    async handle({ params }, exchange) {
      const run = await requireRun(runtime, params['runId'], exchange)
      return readWireRun(runtime.engineOf(exchange), run)
    },
  })
}

function eventsRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'run_events',
    method: 'GET',
    path: '/runs/:runId/events',
    summary: 'The events of a run: what is in the log, then live until the last one',
    query: eventsQuery,
    async handle({ params, query }, exchange) {
      const run = await requireRun(runtime, params['runId'], exchange)
      const { headers, method } = { headers: exchange.request.headers, method: exchange.method }
      const sse = headers.get('accept')?.includes('text/event-stream') ?? false
      const after = query.after ?? parseEventId(headers.get('last-event-id'))
      const format = sse ? sseFormat : ndjsonFormat
      if (method === 'HEAD') {
        return new Response(null, { headers: { 'content-type': format.contentType } })
      }
      return streamLog({
        follower: runtime.engineOf(exchange).follow(run, after),
        format,
        heartbeatMs,
        headers: {},
        types: query.types ?? null,
      })
    },
  })
}

function parseEventId(header: string | null): number {
  if (header === null || header === '') return -1
  if (/^\d{1,15}$/.test(header)) return Number(header)
  throw badRequest('Last-Event-ID must be a sequence number')
}

function cancelRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'cancel_run',
    method: 'POST',
    path: '/runs/:runId/cancel',
    summary: 'Cancel a run; nothing happens when it has ended',
    async handle({ params }, exchange) {
      const run = await requireRun(runtime, params['runId'], exchange)
      const engine = runtime.engineOf(exchange)
      await engine.cancel(tenantOf(exchange), run.id, 'Cancelled by the caller.')
      await awaitOutcome(engine, run, { waitMs: cancelWaitMs })
      return readWireRun(engine, run)
    },
  })
}
