import { z } from 'zod'
import { StudioError } from '../../errors.ts'
import { json, noContent } from '../../http/respond.ts'
import { defineRoute, type Route } from '../../http/route.ts'
import { isoTime } from '../../lib/clock.ts'
import { jsonObjectSchema } from '../../lib/json.ts'
import type { Session } from '../../records/session.ts'
import type { Engine } from '../engine/engine.ts'
import { pageQuery, tenantOf, toPageRequest, toWirePage } from './page.ts'
import { awaitOutcome } from './run-outcome.ts'
import { type AgentRuntime } from '../module.ts'
import { requireAgent, requireSession, requireStore } from './require.ts'
import { toWireSession } from '../views/resources.ts'

const sessionsQuery = z.object({ ...pageQuery, agentId: z.string().optional() })

const createBody = z.object({
  agentId: z.string().trim().min(1, 'must not be blank'),
  title: z.string().trim().max(1000).optional(),
  metadata: jsonObjectSchema.optional(),
})

const wholeNumber = z
  .string()
  .regex(/^\d{1,9}$/, 'must be a whole number, in plain digits')
  .transform(Number)

const sessionQuery = z.object({
  messageLimit: wholeNumber.pipe(z.number().min(1).max(1000)).default(1000),
  before: wholeNumber.optional(),
})

/** `GET` and `POST /sessions`, `GET` and `DELETE /sessions/:sessionId` (contract runs.md 3.6-3.9 and D.7). */
export function sessionRoutes(runtime: AgentRuntime): Route[] {
  return [listRoute(runtime), createRoute(runtime), itemRoute(runtime), deleteRoute(runtime)]
}

function listRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'sessions',
    method: 'GET',
    path: '/sessions',
    summary: 'Sessions, the latest changed first',
    check: () => requireStore(runtime, 'sessions'),
    query: sessionsQuery,
    async handle({ query }, exchange) {
      if (query.agentId !== undefined) requireAgent(runtime, query.agentId)
      const { sessions } = runtime.engineOf(exchange).stores
      const request = { ...toPageRequest(query, exchange), agentId: query.agentId ?? null }
      return toWirePage('sessions', await sessions.list(request), toWireSession)
    },
  })
}

function createRoute(runtime: AgentRuntime): Route {
  const { engineOf, clock, ids, publicPath } = runtime
  return defineRoute({
    name: 'create_session',
    method: 'POST',
    path: '/sessions',
    summary: 'Begin a session with an agent',
    check: () => requireStore(runtime, 'sessions'),
    body: createBody,
    async handle({ body }, exchange) {
      requireAgent(runtime, body.agentId)
      const now = isoTime(clock.now())
      const session: Session = {
        id: ids.uuid(),
        tenant: tenantOf(exchange),
        agentId: body.agentId,
        title: body.title || null,
        metadata: body.metadata ?? null,
        createdAt: now,
        updatedAt: now,
        messageCount: 0,
      }
      await engineOf(exchange).stores.sessions.create(session)
      return json(toWireSession(session), 201, { location: `${publicPath}/sessions/${session.id}` })
    },
  })
}

function itemRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'session',
    method: 'GET',
    path: '/sessions/:sessionId',
    summary: 'One session with its messages and transcript',
    check: () => requireStore(runtime, 'sessions'),
    query: sessionQuery,
    async handle({ params, query }, exchange) {
      const session = await requireSession(runtime, params['sessionId'], exchange)
      const { stores } = runtime.engineOf(exchange)
      const { messageLimit, before = null } = query
      const messages = await stores.sessions.messages(session.id, messageLimit, before)
      const runIds = [...new Set(messages.map(({ runId }) => runId))]
      const journals = await stores.runs.journals(runIds)
      const first = messages[0]?.position ?? 0
      const { toTranscript } = await import('../views/transcript.ts')
      return {
        ...toWireSession(session),
        messages: messages.map(({ message }) => message),
        transcript: toTranscript(messages, journals),
        ...(first > 0 ? { nextBefore: first } : {}),
      }
    },
  })
}

function deleteRoute(runtime: AgentRuntime): Route {
  return defineRoute({
    name: 'delete_session',
    method: 'DELETE',
    path: '/sessions/:sessionId',
    summary: 'Delete a session with its messages, runs and traces; its live runs are cancelled',
    check: () => requireStore(runtime, 'sessions'),
    async handle({ params }, exchange) {
      const engine = runtime.engineOf(exchange)
      const { id, tenant } = await requireSession(runtime, params['sessionId'], exchange)
      await cancelOpenRuns(engine, id, tenant)
      const deleted = await engine.stores.sessions.delete(tenant, id)
      if (!deleted) throw new StudioError('not_found', 'Session not found')
      engine.nudgeReaders() // of a run that was admitted while its session went
      return noContent()
    },
  })
}

const cancelWaitMs = 1000

/** Lets whoever watches see the runs end; a run that does not end in time loses its rows, and with them its pen. */
async function cancelOpenRuns(engine: Engine, sessionId: string, tenant: string) {
  const open = await engine.stores.runs.list({
    tenant,
    limit: 100,
    cursor: null,
    statuses: ['queued', 'running', 'waiting'],
    agentId: null,
    sessionId,
  })
  await Promise.all(
    open.items.map(async (run) => {
      await engine.cancel(tenant, run.id, 'The session was deleted.')
      await awaitOutcome(engine, run, { waitMs: cancelWaitMs })
    }),
  )
}
