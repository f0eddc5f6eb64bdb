import { z } from 'zod'
import { badRequest } from '../../errors.ts'
import { noContent } from '../../http/respond.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { isoTime } from '../../lib/clock.ts'
import { groupBy } from '../../lib/groups.ts'
import { type RunSummary, runStatuses } from '../../records/run.ts'
import type { Engine } from '../engine/engine.ts'
import type { AgentsModule } from '../module.ts'
import { toWireRun } from '../views/resources.ts'
import { heartbeatMs, ndjsonFormat, sseFormat, streamLog } from './event-stream.ts'
import { eventAnswers, runAnswers } from './answers.ts'
import { pageQuery, tenantOf } from './page.ts'
import { readQueuedLine } from './queue.ts'
import { requireRun } from './require.ts'
import { itemRoute, listRoute } from './resource-routes.ts'
import { awaitOutcome, readWireRun } from './run-outcome.ts'

const instant = z.iso.datetime({ offset: true }).transform((time) => isoTime(Date.parse(time)))

const runsQuery = z.object({
  ...pageQuery,
  status: z.enum(runStatuses).optional(),
  agentId: z.string().optional(),
  sessionId: z.string().optional(),
  search: z.string().max(200).optional(),
  createdAfter: instant.optional(),
  createdBefore: instant.optional(),
  endedAfter: instant.optional(),
  endedBefore: instant.optional(),
})

const eventsQuery = z.object({
  after: z
    .string()
    .regex(/^(-1|\d{1,15})$/, 'must be a sequence number')
    .transform(Number)
    .optional(),
  types: z.string().transform(parseTypes).optional(),
})

/** Parses `types=text_delta,tool_result`. Null, for a blank list, shows all types. */
function parseTypes(list: string): ReadonlySet<string> | null {
  const types = list.split(',').map((type) => type.trim())
  return types.some((type) => type !== '') ? new Set(types) : null
}

/** How long a cancel request waits for the run to end before it answers with the run as it is. */
const cancelWaitMs = 1000

/** `GET /runs`, `/runs/:runId`, `/runs/:runId/events` and `POST /runs/:runId/cancel`. */
export function runRoutes(module: AgentsModule): Route[] {
  return [
    listRoute(module, {
      name: 'runs',
      operationId: 'listRuns',
      tags: ['runs'],
      answer: runAnswers('runPage'),
      path: '/runs',
      summary: 'Runs, newest first',
      query: runsQuery,
      list: (page, { engine, query }) =>
        engine.stores.runs.list({
          ...page,
          statuses: query.status ? [query.status] : null,
          agentId: query.agentId ?? null,
          sessionId: query.sessionId ?? null,
          search: query.search?.trim() || null,
          created: { from: query.createdAfter, to: query.createdBefore },
          ended: { from: query.endedAfter, to: query.endedBefore },
        }),
      show: async (runs, { engine }) => ({ runs: await readWireRuns(engine, runs) }),
    }),
    itemRoute(module, {
      name: 'run',
      operationId: 'getRun',
      tags: ['runs'],
      errors: ['not_found'],
      answer: runAnswers('run'),
      path: '/runs/:runId',
      summary: 'One run in its current state',
      find: ({ runId }, exchange) => requireRun(module, runId, exchange),
      show: (run, { engine }) => readWireRun(engine, run),
    }),
    eventsRoute(module),
    cancelRoute(module),
  ]
}

/** Reads the pending approvals of a whole page with one query. */
async function readWireRuns({ stores }: Engine, runs: readonly RunSummary[]) {
  const waiting = runs.filter(({ status }) => status === 'waiting').map(({ id }) => id)
  const pending = waiting.length > 0 ? await stores.approvals.pendingOf(waiting) : []
  const byRun = groupBy(pending, ({ runId }) => runId)
  return runs.map((run) => toWireRun(run, byRun.get(run.id) ?? []))
}

function eventsRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'run_events',
    operationId: 'readRunEvents',
    tags: ['runs'],
    errors: ['not_found', 'gone', 'rate_limited'],
    answers: { 204: null },
    stream: {
      media: ['application/x-ndjson', 'text/event-stream'],
      event: eventAnswers('streamEvent'),
    },
    method: 'GET',
    path: '/runs/:runId/events',
    summary: 'The events of a run: first those in the log, then live until the last one',
    headers: ['last-event-id'],
    query: eventsQuery,
    async handle({ params, query }, exchange) {
      const { headers } = exchange.request
      const run = await requireRun(module, params.runId, exchange)
      const after = query.after ?? parseEventId(headers.get('last-event-id'))
      const engine = module.engineOf(exchange)
      const { hasNoMore } = await import('../log/kept-events.ts') // keeps the core entry small
      const isOver = await hasNoMore(engine.stores.runs, run, after)
      const isSse = headers.get('accept')?.includes('text/event-stream') ?? false
      const format = isSse ? sseFormat : ndjsonFormat
      if (exchange.method === 'HEAD') {
        return new Response(null, { headers: { 'content-type': format.contentType } })
      }
      if (isSse && after >= 0 && isOver) {
        return noContent() // which makes an EventSource stop
      }
      engine.checkReaders(run.tenant, run.id)
      const first = after < 0 ? await readQueuedLine(engine, run) : null
      return streamLog({
        follower: engine.follow(run, after),
        first,
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

function cancelRoute(module: AgentsModule): Route {
  return defineRoute({
    name: 'cancel_run',
    operationId: 'cancelRun',
    tags: ['runs'],
    errors: ['not_found'],
    answer: runAnswers('run'),
    method: 'POST',
    path: '/runs/:runId/cancel',
    summary: 'Cancel a run; a run that has ended stays as it is',
    async handle({ params }, exchange) {
      const run = await requireRun(module, params.runId, exchange)
      const engine = module.engineOf(exchange)
      await engine.cancel(tenantOf(exchange), run.id, 'Cancelled by the caller.')
      await awaitOutcome(engine, run, { waitMs: cancelWaitMs })
      return readWireRun(engine, run)
    },
  })
}
